import {
  type AttributeValue,
  type Graph,
  type Node,
  operationOf,
  type Shape,
  type ValueName,
} from '@descent/autodiff';
import { inferenceGraph } from '@descent/models';
import {
  attributeTypes,
  elementTypes,
  encodeMessage,
  type MessageDraft,
  tensorProto,
} from '@descent/onnx-format';
import { arrayOf, type Dtype, type Tensor } from '@descent/tensors';
import { reachable } from '../reachable.ts';
import type { TrainedModel } from '../trained-model.ts';
import { standardGraph } from './standard-graph.ts';

/**
 * The inference graph with its weights as an ONNX file: standard operators of opset 17, IR version 8. Inputs as in the
 * spec, [batch, ...shape] with a free batch size; outputs `prediction` and, where the loss has them, `probabilities`.
 *
 * @throws DescentError EXPORT_UNSUPPORTED
 */
export function exportOnnx({ name, model, weights }: TrainedModel): Uint8Array {
  return writeOnnx(name, inferenceGraph(model), weights);
}

export function writeOnnx(name: string, given: Graph, weights: TrainedModel['weights']): Uint8Array {
  const graph = standardGraph(given);
  const { nodes, reads } = reachable(graph);
  const rename = outputNames(graph, nodes);
  const info = (value: ValueName, shown: string) => valueInfo(graph, value, shown);
  const copies: MessageDraft<'NodeProto'>[] = [];
  for (const [output, value] of graph.outputs) {
    if (rename(value) === output) continue;
    copies.push({ name: `copy ${output}`, opType: 'Identity', input: [rename(value)], output: [output] });
  }
  const fed = graph.inputs.filter((input) => reads.has(input));
  const stored = [...graph.parameters, ...graph.states].filter((value) => reads.has(value));
  const constants = [...graph.constants].filter(([value]) => reads.has(value));
  return encodeMessage('ModelProto', {
    irVersion: 8,
    producerName: 'descent',
    opsetImport: [{ domain: '', version: 17 }],
    graph: {
      name,
      node: [...nodes.map((node) => nodeProto(node, rename)), ...copies],
      initializer: [
        ...stored.map((value) => tensorProto(rename(value), weights.get(value)!)),
        ...constants.map(([value, tensor]) => tensorProto(rename(value), tensor)),
      ],
      input: fed.map((value) => info(value, rename(value))),
      output: [...graph.outputs].map(([output, value]) => info(value, output)),
    },
  });
}

/** The node that computes an output writes it under its public name; what happens to have that name gives way. */
function outputNames({ outputs }: Graph, nodes: readonly Node[]): (value: ValueName) => string {
  const computed = new Set(nodes.flatMap((node) => node.outputs));
  const shown = new Map<ValueName, string>();
  for (const [output, value] of outputs) {
    if (computed.has(value) && !shown.has(value)) shown.set(value, output);
  }
  return (value) => shown.get(value) ?? (outputs.has(value) ? `inner/${value}` : value);
}

function nodeProto(node: Node, rename: (value: ValueName) => string): MessageDraft<'NodeProto'> {
  const inputs = node.inputs.slice(0, node.inputs.findLastIndex((value) => value !== '') + 1);
  const outputs = node.outputs.map(rename);
  for (let index = outputs.length; index < (leastOutputs[node.op] ?? 0); index += 1) {
    outputs.push(`${node.name}/unused ${index}`);
  }
  return {
    name: node.name,
    opType: node.op,
    input: inputs.map((value) => (value === '' ? '' : rename(value))),
    output: outputs,
    attribute: attributesOf(node),
  };
}

/** ONNX wants all outputs of these, read or not. */
const leastOutputs: Readonly<Record<string, number>> = { TopK: 2 };

function attributesOf(node: Node): MessageDraft<'AttributeProto'>[] {
  const { op, attributes } = node;
  // Graphs name a dtype where ONNX has its number, or a tensor of that dtype.
  const { to, dtype, value, ...others } = attributes;
  const plain = Object.entries(others).map(([name, given]) => attributeProto(node, name, given));
  if (to !== undefined) plain.push(integer('to', elementTypes[to as Dtype]));
  if (op === 'ConstantOfShape') {
    const fill = filled((dtype as Dtype | undefined) ?? 'float32', (value as number | undefined) ?? 0);
    return [...plain, { name: 'value', type: attributeTypes.tensor, t: tensorProto('', fill) }];
  }
  if (dtype !== undefined) plain.push(integer('dtype', elementTypes[dtype as Dtype]));
  return plain;
}

function filled(dtype: Dtype, value: number): Tensor {
  const data = arrayOf(dtype, 1);
  if (data instanceof BigInt64Array) data[0] = BigInt(value);
  else data[0] = value;
  return { dtype, shape: [1], data };
}

function integer(name: string, value: number): MessageDraft<'AttributeProto'> {
  return { name, type: attributeTypes.int, i: value };
}

function attributeProto(node: Node, name: string, value: AttributeValue): MessageDraft<'AttributeProto'> {
  const kind = operationOf(node.op).attributes[name];
  const encode = (text: string) => new TextEncoder().encode(text);
  if (typeof value === 'number') {
    return kind === 'real' ? { name, type: attributeTypes.float, f: value } : integer(name, value);
  }
  if (typeof value === 'string') return { name, type: attributeTypes.string, s: encode(value) };
  const texts = value.filter((element) => typeof element === 'string');
  if (texts.length > 0) return { name, type: attributeTypes.strings, strings: texts.map(encode) };
  const numbers = value.map(Number);
  return kind === 'reals'
    ? { name, type: attributeTypes.floats, floats: numbers }
    : { name, type: attributeTypes.ints, ints: numbers };
}

function valueInfo({ types }: Graph, value: ValueName, name: string): MessageDraft<'ValueInfoProto'> {
  const { dtype, shape } = types.get(value)!;
  const dim = dims(shape);
  return { name, type: { tensorType: { elemType: elementTypes[dtype], shape: { dim } } } };
}

function dims(shape: Shape): MessageDraft<'DimensionProto'>[] {
  return shape.map((dim) => (typeof dim === 'number' ? { dimValue: dim } : { dimParam: dim }));
}
