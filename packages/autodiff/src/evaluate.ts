import { DescentError } from '@descent/errors';
import type { Dtype, Tensor } from '@descent/tensors';
import { bind, countOf, renderShape } from './dim.ts';
import type { Graph, Node, ValueName, ValueType } from './graph.ts';
import { lastUses } from './liveness.ts';
import type { ConcreteType } from './operation.ts';
import { operationOf } from './operations/index.ts';
import { numbers } from './rules/numbers.ts';

/** Values of inputs, parameters and states by name; float32 may be fed as float64. */
export type Feeds = Readonly<Record<ValueName, Tensor>>;

export interface EvaluateOptions {
  /** Needed only where no fed value tells it. */
  readonly batch?: number;
  /** `'all'` keeps every value of the graph; by default each is dropped after its last use. */
  readonly values?: 'outputs' | 'all';
}

export interface Evaluation {
  readonly outputs: ReadonlyMap<string, Tensor>;
  /** Every value of the graph where `values: 'all'` asked for them; otherwise those of the outputs. */
  readonly values: ReadonlyMap<ValueName, Tensor>;
}

/** The reference evaluation: plain loops in double precision. float32 values come back as float64. */
export function evaluate(graph: Graph, feeds: Feeds, options: EvaluateOptions = {}): Evaluation {
  const fed = [...graph.inputs, ...graph.parameters, ...graph.states];
  const batch = options.batch ?? batchOf(graph, feeds, fed);
  if (!Number.isSafeInteger(batch) || batch < 1) {
    throw new DescentError('GRAPH_FEED_INVALID', {
      value: 'batch',
      problem: `the batch size would be ${batch}`,
    });
  }
  const values = new Map<ValueName, Tensor>();
  for (const value of fed) values.set(value, checkedFeed(graph, feeds, value, batch));
  for (const [name, value] of graph.constants) values.set(name, inDouble(value));

  const drops = options.values === 'all' ? undefined : lastUses(graph);
  graph.nodes.forEach((node, position) => {
    const inputs = node.inputs.map((value) => values.get(value));
    const types = node.outputs.map((value) => concrete(graph.types.get(value)!, batch));
    const results = operationOf(node.op).evaluate(inputs, node.attributes, types);
    node.outputs.forEach((value, index) => {
      values.set(value, checkedResult(node, results[index], types[index]!));
    });
    for (const value of drops?.[position] ?? []) values.delete(value);
  });
  const outputs = new Map([...graph.outputs].map(([name, value]) => [name, values.get(value)!] as const));
  return { outputs, values };
}

function batchOf(graph: Graph, feeds: Feeds, fed: readonly ValueName[]): number {
  for (const value of fed) {
    const { shape } = graph.types.get(value)!;
    const axis = shape.findIndex((dim) => countOf(dim).power > 0);
    const size = Object.hasOwn(feeds, value) ? feeds[value]!.shape[axis] : undefined;
    if (axis !== -1 && size !== undefined) return size / countOf(shape[axis]!).coefficient;
  }
  return 1;
}

function checkedFeed(graph: Graph, feeds: Feeds, value: ValueName, batch: number): Tensor {
  const refuse = (problem: string) => new DescentError('GRAPH_FEED_INVALID', { value, problem });
  const type = graph.types.get(value)!;
  if (!Object.hasOwn(feeds, value)) throw refuse('it is missing');
  const tensor = feeds[value]!;
  if (inDoublePrecision(tensor.dtype) !== inDoublePrecision(type.dtype)) {
    throw refuse(`it is ${tensor.dtype} where ${type.dtype} belongs`);
  }
  const expected = bind(type.shape, batch);
  if (tensor.shape.length !== expected.length || tensor.shape.some((dim, axis) => dim !== expected[axis])) {
    throw refuse(
      `it has shape ${renderShape(tensor.shape)} where ${renderShape(type.shape)} with batch ${batch} belongs`,
    );
  }
  return inDouble(tensor);
}

/** Catches a rule whose evaluation and shape disagree, at the node where it happens. */
function checkedResult(node: Node, result: Tensor | undefined, type: ConcreteType): Tensor {
  if (result !== undefined && result.shape.join() === type.shape.join()) return result;
  throw new DescentError('GRAPH_SHAPE_MISMATCH', {
    node: node.name,
    op: node.op,
    problem: `evaluates to ${result && renderShape(result.shape)}, its type says ${renderShape(type.shape)}`,
    shapes: [renderShape(type.shape)],
  });
}

function concrete({ dtype, shape }: ValueType, batch: number): ConcreteType {
  return { dtype: inDoublePrecision(dtype), shape: bind(shape, batch) };
}

function inDoublePrecision(dtype: Dtype): Dtype {
  return dtype === 'float32' ? 'float64' : dtype;
}

function inDouble(tensor: Tensor): Tensor {
  if (tensor.dtype !== 'float32') return tensor;
  return { dtype: 'float64', shape: tensor.shape, data: numbers(tensor) };
}
