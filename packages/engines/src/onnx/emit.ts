import { bind, type ConcreteType, decompose, type Graph, type Node, type ValueName } from '@descent/autodiff';
import { DescentError } from '@descent/errors';
import { type Tensor, tensor } from '@descent/tensors';
import type { Port } from '../engine.ts';
import { portOf } from '../ports.ts';
import { nodesFor } from '../prune.ts';
import { type EngineDtype, isEngineDtype } from './element-types.ts';
import type { LoweringContext } from './lowering.ts';
import { lowerings } from './lowerings/index.ts';
import { ModelWriter, type OnnxValue } from './model-writer.ts';
import { reorderReluGrad } from './reorder-relu-grad.ts';
import { writeUnreturned } from './unreturned.ts';
import { isMissingOnWebgpu } from './webgpu-gaps.ts';

/** An ONNX model and its border. Input i of the model is `i<index>` and output i `o<index>`, whatever the graph calls them. */
export interface EmittedModel {
  readonly bytes: Uint8Array;
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
  /** Names of the nodes that the webgpu device must leave to the CPU. */
  readonly webgpuGaps: readonly string[];
}

export const inputName = (index: number): string => `i${index}`;
export const outputName = (index: number): string => `o${index}`;
export const previousName = (index: number): string => `p${index}`;

export interface EmitOptions {
  readonly batch: number;
  /** Names of the graph's outputs. */
  readonly outputs: readonly string[];
  /** That of the device (channel-blocks.ts). */
  readonly channelBlock?: number | undefined;
  /** Adds to every output an input `p<index>` of its shape; the two may share their memory. */
  readonly accumulates?: boolean;
}

/** Writes the nodes that the named outputs depend on as one ONNX model for a fixed batch size. */
export function emitModel(given: Graph, options: EmitOptions): EmittedModel {
  const { batch, outputs, channelBlock, accumulates = false } = options;
  const graph = decompose(given, ({ op }) => lowerings[op] === 'decompose');
  const kept = outputs.map((name) => graph.outputs.get(name)!);
  const needed = nodesFor(graph, kept);
  const { nodes, types } = reorderReluGrad({ nodes: needed.nodes, types: graph.types, outputs: kept });
  const writer = new ModelWriter();
  const values = new Map<ValueName, OnnxValue>([['', '']]);

  const inputs = [...graph.inputs, ...graph.parameters, ...graph.states]
    .filter((value) => needed.reads.has(value))
    .map((value) => portOf(graph, value, value, batch));
  inputs.forEach((port, index) => {
    writer.input(inputName(index), supported(port.dtype, port.name, 'input'), port.shape);
    values.set(port.name, inputName(index));
  });
  for (const [name, value] of graph.constants) {
    if (needed.reads.has(name)) values.set(name, writer.constant(supportedTensor(value, name)));
  }

  const typeOf = (value: ValueName): ConcreteType | undefined => {
    const type = types.get(value);
    return type && { dtype: type.dtype, shape: bind(type.shape, batch) };
  };
  const consumers = consumersOf(nodes);
  const readers = (value: ValueName): readonly Node[] => consumers.get(value) ?? [];
  const shown = new Set(kept);
  for (const node of nodes) {
    const outputTypes = node.outputs.map((value) => typeOf(value)!);
    for (const [index, { dtype }] of outputTypes.entries()) {
      supported(dtype, node.outputs[index]!, node.op, node.name);
    }
    const context: LoweringContext = {
      node,
      writer,
      inputs: node.inputs.map((value) => values.get(value)!),
      inputTypes: node.inputs.map(typeOf),
      outputTypes,
      constant: (input) => graph.constants.get(node.inputs[input] ?? ''),
      readers,
      feeds: (op) => node.outputs.some((value) => readers(value).some((user) => user.op === op)),
      feedsOnly: (op) => {
        const users = node.outputs.flatMap(readers);
        return users.length === 1 && users[0]!.op === op && !node.outputs.some((value) => shown.has(value));
      },
      channelBlock,
    };
    writer.within(node.name);
    const lowering = lowerings[node.op];
    if (lowering === 'decompose') throw new Error(`${node.op} has no function body`);
    const written = lowering(context);
    node.outputs.forEach((value, index) => {
      values.set(value, written[index]!);
    });
  }

  writer.within('unreturned');
  writeUnreturned(writer);
  const outputPorts = outputs.map((name) => portOf(graph, name, graph.outputs.get(name)!, batch));
  outputPorts.forEach((port, index) => {
    const computed = values.get(kept[index]!)!;
    const value = accumulates ? sumWithPrevious(writer, computed, index, port) : computed;
    writer.output(outputName(index), supported(port.dtype, port.name, 'output'), port.shape, value);
  });
  return {
    bytes: writer.encode(),
    inputs,
    outputs: outputPorts,
    webgpuGaps: writer.nodesWhere(isMissingOnWebgpu),
  };
}

/** A product takes what it is added to along; anything else is added. */
function sumWithPrevious(writer: ModelWriter, value: OnnxValue, index: number, port: Port): OnnxValue {
  const previous = previousName(index);
  writer.input(previous, supported(port.dtype, port.name, 'output'), port.shape);
  const made = writer.production(value);
  return made?.opType === 'Gemm' && made.inputs.length === 2
    ? writer.op('Gemm', [...made.inputs, previous], made.attributes)
    : writer.op('Add', [value, previous]);
}

function consumersOf(nodes: readonly Node[]): ReadonlyMap<ValueName, readonly Node[]> {
  const consumers = new Map<ValueName, Node[]>();
  for (const node of nodes) {
    for (const value of node.inputs) {
      const users = consumers.get(value);
      if (users === undefined) consumers.set(value, [node]);
      else users.push(node);
    }
  }
  return consumers;
}

function supported(dtype: ConcreteType['dtype'], value: string, op: string, node = value): EngineDtype {
  if (isEngineDtype(dtype)) return dtype;
  throw new DescentError('ENGINE_DTYPE_UNSUPPORTED', { node, op, value, dtype, engine: 'onnx' });
}

function supportedTensor({ dtype, shape, data }: Tensor, name: string): Tensor<EngineDtype> {
  const known = supported(dtype, name, 'constant');
  return tensor(known, shape, data as Tensor<EngineDtype>['data']);
}
