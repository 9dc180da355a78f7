import { dtypes, elementCount } from '@descent/tensors';
import { bind } from './dim.ts';
import type { Graph, Node, ValueName } from './graph.ts';
import { lastUses } from './liveness.ts';
import type { ConcreteType, Cost } from './operation.ts';
import { operationOf } from './operations/index.ts';

export interface NodeCost extends Cost {
  readonly node: Node;
}

export interface GraphCost extends Cost {
  readonly nodes: readonly NodeCost[];
}

/** What one run over `batch` samples costs, in total and per node. */
export function cost(graph: Graph, batch: number): GraphCost {
  const typeOf = concreteTypes(graph, batch);
  const nodes = graph.nodes.map((node): NodeCost => {
    const inputs = node.inputs.map((value) => (value === '' ? undefined : typeOf(value)));
    const outputs = node.outputs.map(typeOf);
    const moved = [...inputs, ...outputs].filter((type) => type !== undefined);
    return {
      node,
      flops: operationOf(node.op).flops(inputs, outputs, node.attributes),
      bytes: moved.reduce((sum, type) => sum + bytesOf(type), 0),
    };
  });
  return {
    nodes,
    flops: nodes.reduce((sum, node) => sum + node.flops, 0),
    bytes: nodes.reduce((sum, node) => sum + node.bytes, 0),
  };
}

/**
 * Largest number of bytes of values alive at once when the nodes run in order and each value is freed after its last
 * use. Fed values, constants and outputs count for the whole run. An engine's workspace comes on top.
 */
export function peakMemory(graph: Graph, batch: number): number {
  const typeOf = concreteTypes(graph, batch);
  const held = [...graph.inputs, ...graph.parameters, ...graph.states, ...graph.constants.keys()];
  let live = held.reduce((sum, value) => sum + bytesOf(typeOf(value)), 0);
  let peak = live;
  const drops = lastUses(graph);
  graph.nodes.forEach((node, position) => {
    live += node.outputs.reduce((sum, value) => sum + bytesOf(typeOf(value)), 0);
    peak = Math.max(peak, live);
    live -= drops[position]!.reduce((sum, value) => sum + bytesOf(typeOf(value)), 0);
  });
  return peak;
}

function concreteTypes(graph: Graph, batch: number): (value: ValueName) => ConcreteType {
  return (value) => {
    const { dtype, shape } = graph.types.get(value)!;
    return { dtype, shape: bind(shape, batch) };
  };
}

function bytesOf({ dtype, shape }: ConcreteType): number {
  return elementCount(shape) * dtypes[dtype].bytes;
}
