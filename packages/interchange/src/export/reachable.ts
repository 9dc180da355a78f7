import type { Graph, Node, ValueName } from '@descent/autodiff';

/** The nodes that the outputs depend on, in order, and every value that they or the outputs read. */
export function reachable(
  graph: Graph,
  outputs: Iterable<ValueName> = graph.outputs.values(),
): { readonly nodes: readonly Node[]; readonly reads: ReadonlySet<ValueName> } {
  const reads = new Set<ValueName>(outputs);
  const nodes = graph.nodes.toReversed().filter((node) => {
    if (!node.outputs.some((value) => reads.has(value))) return false;
    for (const value of node.inputs) reads.add(value);
    return true;
  });
  return { nodes: nodes.reverse(), reads };
}
