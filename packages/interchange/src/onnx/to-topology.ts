import type { AttributeValue, Graph, Node, ValueName } from '@descent/autodiff';
import type { ConstantSpec, InputSpec, LayerSpec, ModelTopology, NodeSpec } from '@descent/contracts';
import { DescentError } from '@descent/errors';
import { elementCount, type Tensor } from '@descent/tensors';
import { guessInitializer } from './initializer-guess.ts';
import type { LoweredModel } from './lower-model.ts';
import { createNames } from './names.ts';

export interface Topology {
  readonly topology: ModelTopology;
  /** float32, by parameter and state. */
  readonly weights: ReadonlyMap<string, Tensor>;
}

/** Beyond this a constant is stored with the weights, as a parameter that is never trained. */
const mostConstantElements = 4_096;

/**
 * Writes a lowered model as a spec without its loss: the nodes behind one output, named after the values of the file.
 *
 * @param output name of the graph's output that is the prediction
 */
export function toTopology(lowered: LoweredModel, output: string): Topology {
  const { graph } = lowered;
  const prediction = graph.outputs.get(output)!;
  const nodes = nodesBehind(graph, prediction);
  if (!nodes.some((node) => node.outputs.includes(prediction))) {
    const problem = `the output "${output}" is computed by no node`;
    throw new DescentError('ONNX_GRAPH_INVALID', { problem });
  }
  const readers = readersOf(nodes);
  const names = nameValues(graph, nodes);
  const nameOf = (value: ValueName) => (value === '' ? '' : names.get(value)!);
  const weights = new Map<string, Tensor>();

  const inputs: Record<string, InputSpec> = {};
  for (const value of graph.inputs.filter((one) => readers.has(one))) {
    const { dtype, shape } = graph.types.get(value)!;
    const sample = shape.slice(1) as number[];
    inputs[nameOf(value)] = dtype === 'int32' ? { shape: sample, dtype } : { shape: sample };
  }
  const parameters: NonNullable<ModelTopology['parameters']> = {};
  for (const value of graph.parameters.filter((one) => readers.has(one))) {
    const { shape } = graph.types.get(value)!;
    const initializer = guessInitializer(value, shape, readers.get(value)!);
    const trainable = lowered.frozen.has(value) ? { trainable: false } : {};
    parameters[nameOf(value)] = { shape: shape as number[], initializer, ...trainable };
    weights.set(nameOf(value), lowered.weights.get(value)!);
  }
  const states: NonNullable<ModelTopology['states']> = {};
  for (const value of graph.states.filter((one) => readers.has(one))) {
    const { shape } = graph.types.get(value)!;
    const initializer = guessInitializer(value, shape, readers.get(value)!);
    states[nameOf(value)] = { shape: shape as number[], initializer, momentum: lowered.momenta.get(value)! };
    weights.set(nameOf(value), lowered.weights.get(value)!);
  }
  const constants: Record<string, ConstantSpec> = {};
  const casts: NodeSpec[] = [];
  for (const [value, tensor] of graph.constants) {
    if (!readers.has(value)) continue;
    const name = nameOf(value);
    if (isLarge(tensor)) {
      parameters[name] = { shape: [...tensor.shape], trainable: false };
      weights.set(name, tensor);
    } else if (tensor.dtype === 'float32' || tensor.dtype === 'int64') {
      constants[name] = constantSpec(tensor);
    } else {
      const whole = `${name}_int64`;
      constants[whole] = constantSpec(tensor);
      casts.push({ op: 'Cast', name, inputs: [whole], attributes: { to: tensor.dtype } });
    }
  }

  const written: NodeSpec[] = [];
  const layers: LayerSpec[] = [];
  for (const node of nodes) {
    const rate = lowered.dropouts.get(node.name);
    if (rate === undefined) written.push(nodeSpec(node, nameOf));
    else dropout(graph, node, rate, nameOf, written, layers);
  }
  const some = <Section extends object>(name: string, section: Section) =>
    Object.keys(section).length === 0 ? {} : { [name]: section };
  return {
    weights,
    topology: {
      inputs,
      ...some('layers', layers),
      ...some('parameters', parameters),
      ...some('states', states),
      ...some('constants', constants),
      nodes: [...casts, ...written],
      prediction: nameOf(prediction),
    },
  };
}

function nodesBehind(graph: Graph, prediction: ValueName): readonly Node[] {
  const needed = new Set([prediction]);
  const nodes: Node[] = [];
  for (const node of graph.nodes.toReversed()) {
    if (!node.outputs.some((value) => needed.has(value))) continue;
    nodes.push(node);
    for (const value of node.inputs) needed.add(value);
  }
  return nodes.reverse();
}

function readersOf(nodes: readonly Node[]): ReadonlyMap<ValueName, readonly Node[]> {
  const readers = new Map<ValueName, Node[]>();
  for (const node of nodes) {
    for (const value of node.inputs) {
      const known = readers.get(value);
      if (known === undefined) readers.set(value, [node]);
      else known.push(node);
    }
  }
  return readers;
}

/** Names of a spec for all values: the first output of a node has the node's, the others `name:1`, … */
function nameValues(graph: Graph, nodes: readonly Node[]): ReadonlyMap<ValueName, string> {
  const name = createNames();
  const names = new Map<ValueName, string>();
  for (const value of [...graph.inputs, ...graph.parameters, ...graph.states]) names.set(value, name(value));
  for (const value of graph.constants.keys()) names.set(value, name(value));
  for (const { name: node, outputs } of nodes) {
    const first = name(node);
    outputs.forEach((value, index) => {
      names.set(value, index === 0 ? first : `${first}:${index}`);
    });
  }
  return names;
}

function nodeSpec({ op, inputs, outputs, attributes }: Node, nameOf: (value: ValueName) => string): NodeSpec {
  const copied = Object.entries(attributes).map(([name, value]) => [name, copyOf(value)] as const);
  return {
    op,
    name: nameOf(outputs[0]!),
    inputs: inputs.map(nameOf),
    ...(copied.length === 0 ? {} : { attributes: Object.fromEntries(copied) }),
    ...(outputs.length === 1 ? {} : { outputs: outputs.length }),
  };
}

function copyOf(value: AttributeValue): NonNullable<NodeSpec['attributes']>[string] {
  if (typeof value === 'number' || typeof value === 'string') return value;
  return [...value] as number[] | string[];
}

/** A dropout layer in place of a node. Layers take the batch first, so a value that has it elsewhere is turned around it. */
function dropout(
  graph: Graph,
  { inputs: [input], outputs: [output] }: Node,
  rate: number,
  nameOf: (value: ValueName) => string,
  nodes: NodeSpec[],
  layers: LayerSpec[],
): void {
  const { shape } = graph.types.get(output!)!;
  const name = nameOf(output!);
  const axis = shape.indexOf('batch');
  if (axis === 0) {
    layers.push({ type: 'dropout', name, inputs: [nameOf(input!)], rate });
    return;
  }
  if (axis === -1) {
    const problem = `dropout of a value of shape [${shape.join(', ')}], which has no batch axis`;
    throw new DescentError('ONNX_GRAPH_INVALID', { problem });
  }
  const front = [axis, ...shape.keys()].filter((at, index) => index === 0 || at !== axis);
  const back = shape.map((_, at) => front.indexOf(at));
  nodes.push({
    op: 'Transpose',
    name: `${name}_first`,
    inputs: [nameOf(input!)],
    attributes: { perm: front },
  });
  layers.push({ type: 'dropout', name: `${name}_drop`, inputs: [`${name}_first`], rate });
  nodes.push({ op: 'Transpose', name, inputs: [`${name}_drop`], attributes: { perm: back } });
}

function isLarge({ dtype, shape, data }: Tensor): boolean {
  if (dtype !== 'float32') return false;
  return elementCount(shape) > mostConstantElements || !(data as Float32Array).every(Number.isFinite);
}

function constantSpec({ dtype, shape, data }: Tensor): ConstantSpec {
  const values = Array.from(data, Number);
  return dtype === 'float32' ? { shape: [...shape], values } : { shape: [...shape], values, dtype: 'int64' };
}
