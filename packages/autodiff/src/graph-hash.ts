import { createHash } from 'node:crypto';
import type { Tensor } from '@descent/tensors';
import type { Graph, Node, ValueName } from './graph.ts';

/**
 * SHA-256 (lower-case hex) of what a graph computes, written canonically: names of nodes and layers do not count,
 * names of inputs, parameters, states and outputs do, and so does the order of the nodes.
 */
export function graphHash(graph: Graph): string {
  const numberOf = new Map<ValueName, number>();
  const number = (value: ValueName): number => {
    if (!numberOf.has(value)) numberOf.set(value, numberOf.size);
    return numberOf.get(value)!;
  };
  const declared = (values: readonly ValueName[]) =>
    values.map((value) => [
      value,
      number(value),
      graph.types.get(value)!.dtype,
      graph.types.get(value)!.shape,
    ]);
  const canonical = {
    inputs: declared(graph.inputs),
    parameters: declared(graph.parameters),
    states: declared(graph.states),
    constants: [...graph.constants].map(([name, value]) => [number(name), canonicalTensor(value)]),
    nodes: graph.nodes.map((node) => [
      node.op,
      node.inputs.map((value) => (value === '' ? null : number(value))),
      node.outputs.map(number),
      canonicalAttributes(node),
    ]),
    outputs: [...graph.outputs].map(([name, value]) => [name, number(value)]),
  };
  return createHash('sha256').update(JSON.stringify(canonical)).digest('hex');
}

function canonicalAttributes({ attributes }: Node): unknown {
  return Object.keys(attributes)
    .sort()
    .map((name) => [name, attributes[name]]);
}

function canonicalTensor({ dtype, shape, data }: Tensor): unknown {
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return [dtype, shape, createHash('sha256').update(bytes).digest('hex')];
}
