import { createGraphBuilder, type Graph, type ValueName } from '@descent/autodiff';
import { DescentError } from '@descent/errors';
import type { FunctionProto, GraphProto, ModelProto, NodeProto, OnnxAttribute } from '@descent/onnx-format';
import type { Tensor } from '@descent/tensors';
import { batchZeros } from './batch-zeros.ts';
import { controlFlow } from './control-flow.ts';
import { createEmitter, type Emitter } from './emitter.ts';
import { callAttributes, functionFor, functionsOf } from './functions.ts';
import { type GraphInput, graphInputs } from './graph-inputs.ts';
import { atNode, nodeError } from './import-error.ts';
import { defaultImportLimits, type ImportLimits } from './import-limits.ts';
import { readInitialisers } from './initialisers.ts';
import { createNames } from './names.ts';
import { opsetOf } from './operator-sets.ts';
import { importerOf } from './operators/index.ts';
import { type OnnxNode, readNode } from './read-graph.ts';
import { Scope } from './scope.ts';
import { controlFlowOperators, refuseUnsupported } from './unsupported.ts';
import { computed, known, type Value } from './value.ts';

export interface LowerOptions {
  /** Whether the first axis of every input is the batch. Without it shapes are as in the file. */
  readonly batched: boolean;
  /** Shapes of one sample, by input. */
  readonly inputShapes?: Readonly<Record<string, readonly number[]>>;
  /** Inputs whose values are known: they become constants. */
  readonly knownInputs?: ReadonlyMap<string, Tensor>;
  /** Whether the moments of batch normalisation become states, which training updates. */
  readonly states: boolean;
  /** The only output of the graph; all of the file's when left out. */
  readonly output?: string;
  readonly limits?: Partial<ImportLimits>;
}

/** An ONNX model as a computation graph. All names are fit for a spec. */
export interface LoweredModel {
  /** Its outputs have the names of the file. */
  readonly graph: Graph;
  /** Name of each input of the graph in the file. */
  readonly inputs: ReadonlyMap<ValueName, string>;
  /** Values of parameters and states. */
  readonly weights: ReadonlyMap<ValueName, Tensor>;
  /** Share of the old value that a step keeps, by state. */
  readonly momenta: ReadonlyMap<ValueName, number>;
  /** Parameters that are not to be trained: moments that stay. */
  readonly frozen: ReadonlySet<ValueName>;
  /** Rate of dropout, by the Identity node that stands for it. */
  readonly dropouts: ReadonlyMap<ValueName, number>;
}

/**
 * Follows the nodes of a model in order: what is known is computed, control flow is unrolled, functions are inlined, and
 * all else becomes nodes of a graph at opset 17.
 *
 * @throws DescentError ONNX_…, naming the node and its operator where there is one
 */
export function lowerModel(model: ModelProto, options: LowerOptions): LoweredModel {
  const limits = { ...defaultImportLimits, ...options.limits };
  const file = model.graph;
  if (file === undefined) throw new DescentError('ONNX_INVALID', { problem: 'it has no graph' });
  refuseManyNodes(model, limits);
  const opset = opsetOf(model.opsetImport);
  refuseUnsupported(model);

  const graph = createGraphBuilder();
  const name = createNames();
  const weights = new Map<ValueName, Tensor>();
  const momenta = new Map<ValueName, number>();
  const frozen = new Set<ValueName>();
  const dropouts = new Map<ValueName, number>();
  const inputNames = new Map<ValueName, string>();
  const stateNames = new Map<string, ValueName>();

  const emitter = createEmitter(graph, {
    limits,
    parameterFor: (weight) => {
      const parameter = graph.parameter(name(weight.name), weight.tensor.shape);
      weights.set(parameter, weight.tensor);
      return parameter;
    },
  });
  const state = (value: Value, momentum: number): Value => {
    if (value.kind !== 'weight') return value;
    if (!options.states) {
      const parameter = emitter.inGraph(value);
      frozen.add(parameter);
      return computed(parameter);
    }
    const declared = stateNames.get(value.name) ?? graph.state(name(value.name), value.tensor.shape);
    stateNames.set(value.name, declared);
    weights.set(declared, value.tensor);
    momenta.set(declared, momentum);
    return computed(declared);
  };
  const dropout = (value: Value, rate: number): Value => {
    if (value.kind !== 'computed' || rate <= 0) return value;
    const dropped = graph.add('Identity', [value.value], {}, name('dropout'));
    dropouts.set(dropped, rate);
    return computed(dropped);
  };

  const scope = new Scope();
  for (const [initialiser, value] of readInitialisers(file)) scope.set(initialiser, value);
  const given = options.knownInputs ?? new Map<string, Tensor>();
  for (const [input, value] of given) scope.set(input, known(value));
  const inputs = graphInputs(file, {
    batched: options.batched,
    shapes: options.inputShapes ?? {},
    without: new Set(given.keys()),
  });
  for (const input of inputs) {
    const own = name(input.name);
    inputNames.set(own, input.name);
    scope.set(input.name, declareInput(emitter, own, input, options.batched));
  }

  const functions = functionsOf(model);
  const traced = inputs.map((input) => input.traced);
  const tracedBatch = traced.every((size) => size === traced[0]) ? traced[0] : undefined;
  let steps = 0;

  interface Surroundings {
    readonly scope: Scope;
    readonly opset: number;
    readonly depth: number;
    /** Names that are read within the graph or function at hand. */
    readonly read: ReadonlySet<string>;
    readonly attributes?: ReadonlyMap<string, OnnxAttribute>;
  }

  const runNodes = (protos: readonly NodeProto[], around: Surroundings) => {
    if (around.depth > limits.depth) {
      const what = 'sub-graphs and functions inside each other';
      throw new DescentError('ONNX_TOO_LARGE', { what, actual: around.depth, limit: limits.depth });
    }
    for (const proto of protos) {
      steps += 1;
      if (steps > limits.steps) {
        throw new DescentError('ONNX_TOO_LARGE', {
          what: 'nodes, unrolled',
          actual: steps,
          limit: limits.steps,
        });
      }
      const node = readNode(proto, around.attributes);
      const results = atNode(node.place, () => runNode(node, around));
      node.outputs.forEach((output, index) => {
        const value = results[index];
        if (output !== '' && value !== undefined) around.scope.set(output, value);
      });
    }
  };

  const runNode = (node: OnnxNode, around: Surroundings): readonly Value[] => {
    const values = node.inputs.map((input) => {
      if (input === '') return undefined;
      const value = around.scope.get(input);
      if (value === undefined) throw nodeError(node.place, `reads "${input}", which nothing before it gives`);
      return value;
    });
    const body = functionFor(functions, node);
    if (body !== undefined) return runFunction(node, body, values, around);
    if (controlFlowOperators.includes(node.op)) {
      const run = (inner: GraphProto, given: readonly Value[]) => runSubGraph(inner, given, around);
      return controlFlow({ node, opset: around.opset, inputs: values, emitter, limits, run });
    }
    const outputs = node.outputs.findLastIndex((output) => around.read.has(output)) + 1;
    return importerOf(node.op)!({
      node,
      opset: around.opset,
      inputs: values,
      outputs: Math.max(outputs, 1),
      emitter,
      name: name(node.outputs[0] ?? node.place.node),
      batchZeros: (rank, axis) => batchZeros(emitter, inputNames.keys(), rank, axis),
      dropout,
      state,
      tracedBatch,
    });
  };

  const runSubGraph = (
    inner: GraphProto,
    given: readonly Value[],
    around: Surroundings,
  ): readonly Value[] => {
    const innerScope = new Scope(around.scope);
    for (const [initialiser, value] of readInitialisers(inner)) innerScope.set(initialiser, value);
    inner.input.forEach((info, index) => {
      const value = given[index];
      if (value !== undefined) innerScope.set(info.name ?? '', value);
    });
    runNodes(inner.node, { ...around, scope: innerScope, depth: around.depth + 1, read: namesRead(inner) });
    return inner.output.map(({ name: output = '' }) => resultOf(innerScope, output));
  };

  const runFunction = (
    node: OnnxNode,
    body: FunctionProto,
    given: readonly (Value | undefined)[],
    around: Surroundings,
  ): readonly Value[] => {
    const innerScope = new Scope();
    body.input.forEach((input, index) => {
      const value = given[index];
      if (value !== undefined) innerScope.set(input, value);
    });
    const own = body.opsetImport.length === 0 ? around.opset : opsetOf(body.opsetImport);
    const read = namesRead({ node: body.node, output: body.output.map((output) => ({ name: output })) });
    const attributes = callAttributes(node, body);
    runNodes(body.node, { scope: innerScope, opset: own, depth: around.depth + 1, read, attributes });
    return body.output.map((output) => resultOf(innerScope, output));
  };

  runNodes(file.node, { scope, opset, depth: 0, read: namesRead(file) });
  const outputs =
    options.output === undefined ? file.output.map((info) => info.name ?? '') : [options.output];
  for (const output of outputs) graph.output(output, emitter.inGraph(resultOf(scope, output)));
  return { graph: graph.build(), inputs: inputNames, weights, momenta, frozen, dropouts };
}

/** A spec feeds float32 and int32; other types are cast from them. */
function declareInput({ graph }: Emitter, own: ValueName, { type }: GraphInput, batched: boolean): Value {
  const { dtype } = type;
  if (!batched || dtype === 'float32' || dtype === 'int32') return computed(graph.input(own, type));
  const fed = graph.input(own, { ...type, dtype: 'int32' });
  return computed(graph.add('Cast', [fed], { to: dtype }, `${own}_as_${dtype}`));
}

function resultOf(scope: Scope, name: string): Value {
  const value = scope.get(name);
  if (value !== undefined) return value;
  throw new DescentError('ONNX_GRAPH_INVALID', { problem: `nothing gives the output "${name}"` });
}

/** What nodes, those of sub-graphs included, and outputs read. */
function namesRead(graph: {
  readonly node: readonly NodeProto[];
  readonly output: readonly { readonly name?: string }[];
}): ReadonlySet<string> {
  const read = new Set(graph.output.map(({ name }) => name ?? ''));
  for (const { input, attribute } of graph.node) {
    for (const name of input) read.add(name);
    for (const { g } of attribute) if (g !== undefined) for (const name of namesRead(g)) read.add(name);
  }
  read.delete('');
  return read;
}

function refuseManyNodes({ graph, functions }: ModelProto, { steps }: ImportLimits): void {
  const actual = (graph?.node.length ?? 0) + functions.reduce((sum, { node }) => sum + node.length, 0);
  if (actual > steps) throw new DescentError('ONNX_TOO_LARGE', { what: 'nodes', actual, limit: steps });
}
