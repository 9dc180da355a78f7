import type { Graph, Node, ValueName } from '../graph.ts';

/** Drops nodes and constants that no output needs, and second outputs that nobody reads. */
export function withoutDeadNodes(graph: Graph): Graph {
  const needed = new Set<ValueName>(graph.outputs.values());
  const kept: Node[] = [];
  for (const node of graph.nodes.toReversed()) {
    const used = node.outputs.findLastIndex((value) => needed.has(value)) + 1;
    if (used === 0) continue;
    for (const value of node.inputs) needed.add(value);
    kept.push(used === node.outputs.length ? node : { ...node, outputs: node.outputs.slice(0, used) });
  }
  const nodes = kept.reverse();
  const constants = new Map([...graph.constants].filter(([name]) => needed.has(name)));
  const alive = new Set([
    ...graph.inputs,
    ...graph.parameters,
    ...graph.states,
    ...constants.keys(),
    ...nodes.flatMap((node) => node.outputs),
  ]);
  if (alive.size === graph.types.size) return graph;
  const types = new Map([...graph.types].filter(([value]) => alive.has(value)));
  return { ...graph, constants, nodes, types };
}
