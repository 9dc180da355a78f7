import type { Graph, ValueName } from './graph.ts';

/**
 * Per node, the values that nothing reads after it: outputs of nodes that it was the last to use, or that nobody uses.
 * Fed values, constants and outputs of the graph live to the end.
 */
export function lastUses(graph: Graph): readonly (readonly ValueName[])[] {
  const last = new Map<ValueName, number>();
  graph.nodes.forEach((node, position) => {
    for (const value of node.outputs) last.set(value, position);
    for (const value of node.inputs) if (last.has(value)) last.set(value, position);
  });
  for (const value of graph.outputs.values()) last.delete(value);
  const drops: ValueName[][] = graph.nodes.map(() => []);
  for (const [value, position] of last) drops[position]!.push(value);
  return drops;
}
