import type { Attributes, GraphBuilder, OperationName, Shape, ValueName, ValueType } from '@descent/autodiff';
import { DescentError } from '@descent/errors';
import { type Tensor, tensor } from '@descent/tensors';
import { planFold } from './fold.ts';
import type { ImportLimits } from './import-limits.ts';
import { dimOfProbes } from './symbolic-size.ts';
import { computed, known, type Value } from './value.ts';

/** Adds operations on values of any kind: known ones are computed at once, others become nodes of the graph. */
export interface Emitter {
  readonly graph: GraphBuilder;
  /** The results of an operation. `name` is that of its node, where it becomes one. */
  emit(
    op: OperationName,
    inputs: readonly (Value | undefined)[],
    attributes?: Attributes,
    options?: { readonly outputs?: number; readonly name?: string },
  ): readonly Value[];
  /** The value in the graph: weights become parameters, known tensors constants. */
  inGraph(value: Value): ValueName;
  type(value: Value): ValueType;
  /** Elements of a tensor that is about to be made; refused where they are too many. */
  spend(elements: number): void;
}

export interface EmitterOptions {
  readonly limits: ImportLimits;
  /** Declares the parameter that a weight becomes; asked once for each. */
  parameterFor(weight: Extract<Value, { kind: 'weight' }>): ValueName;
}

const flopsPerElement = 16;

export function createEmitter(graph: GraphBuilder, { limits, parameterFor }: EmitterOptions): Emitter {
  const parameters = new Map<string, ValueName>();
  const constants = new Map<Tensor, ValueName>();
  let work = 0;

  const spend = (elements: number) => {
    if (elements > limits.foldedElements) {
      const what = 'elements of a tensor that the importer would compute';
      throw new DescentError('ONNX_TOO_LARGE', { what, actual: elements, limit: limits.foldedElements });
    }
    work += elements;
    if (work <= limits.foldedWork) return;
    const what = 'operations on constants';
    throw new DescentError('ONNX_TOO_LARGE', { what, actual: work, limit: limits.foldedWork });
  };

  const type = (value: Value): ValueType => {
    if (value.kind === 'computed') return graph.type(value.value);
    if (value.kind === 'weight') return { dtype: 'float32', shape: value.tensor.shape };
    const [first] = value.tensors as readonly [Tensor, ...Tensor[]];
    const shape = first.shape.map((_, axis) =>
      dimOfProbes(value.tensors.map((one) => one.shape[axis] ?? -1)),
    );
    if (shape.includes(undefined)) throw dependsOnBatch('a shape');
    return { dtype: first.dtype, shape: shape as Shape };
  };

  const inGraph = (value: Value): ValueName => {
    if (value.kind === 'computed') return value.value;
    if (value.kind === 'weight') {
      const name = parameters.get(value.name) ?? parameterFor(value);
      parameters.set(value.name, name);
      return name;
    }
    const [only, ...others] = value.tensors as readonly [Tensor, ...Tensor[]];
    if (others.length > 0) throw dependsOnBatch('a value');
    const name = constants.get(only) ?? shared(graph, only);
    constants.set(only, name);
    return name;
  };

  const fold = (
    op: OperationName,
    inputs: readonly (Extract<Value, { kind: 'known' }> | undefined)[],
    attributes: Attributes,
    outputs: number,
  ): readonly Value[] => {
    const runs = Math.max(...inputs.map((value) => value?.tensors.length ?? 1));
    const results = Array.from({ length: runs }, (_, run) => {
      const tensors = inputs.map((value) => value && (value.tensors[run] ?? value.tensors[0])!);
      const plan = planFold(op, tensors, attributes, outputs);
      for (const elements of plan.elements) spend(elements);
      // An element of a fold costs about as much as this many operations in it.
      spend(Math.min(plan.flops, Number.MAX_SAFE_INTEGER) / flopsPerElement);
      return plan.run();
    });
    return Array.from({ length: outputs }, (_, index) => {
      const tensors = results.map((run) => run[index]!);
      return { kind: 'known', tensors: allEqual(tensors) ? tensors.slice(0, 1) : tensors };
    });
  };

  return {
    graph,
    type,
    inGraph,
    spend,
    emit: (op, inputs, attributes = {}, { outputs = 1, name } = {}) => {
      if (inputs.every(isKnown)) return fold(op, inputs, attributes, outputs);
      const names = inputs.map((value) => (value === undefined ? '' : inGraph(value)));
      return graph.addMany(op, names, attributes, outputs, name).map(computed);
    },
  };
}

function isKnown(value: Value | undefined): value is Extract<Value, { kind: 'known' }> | undefined {
  return value === undefined || value.kind === 'known';
}

function allEqual(tensors: readonly Tensor[]): boolean {
  const [first, ...others] = tensors;
  return others.every(
    ({ shape, data }) =>
      shape.join() === first!.shape.join() && data.every((value, index) => value === first!.data[index]),
  );
}

/** Scalars and integer vectors have one constant for each value, as everywhere in the graph. */
function shared(graph: GraphBuilder, { dtype, shape, data }: Tensor): ValueName {
  if (dtype === 'float32' && shape.length === 0) return graph.scalar(Number(data[0]));
  const whole = Array.from(data.subarray(0, 17), Number);
  if (dtype === 'int64' && shape.length === 1 && whole.length <= 16) return graph.integers(whole);
  return graph.constant({ dtype, shape, data } as Tensor);
}

export function dependsOnBatch(what: string): DescentError {
  const problem = `${what} depends on the batch size in a way that cannot be followed`;
  return new DescentError('ONNX_GRAPH_INVALID', { problem });
}

export function integers(...values: readonly number[]): Value {
  return known(tensor('int64', [values.length], BigInt64Array.from(values, BigInt)));
}

export function scalar(value: number): Value {
  return known(tensor('float32', [], Float32Array.of(value)));
}
