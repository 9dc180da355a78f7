import type { Graph, Node, ValueName } from '@descent/autodiff';

/** The nodes that the given values depend on, in the graph's order, and every value they read. */
export function nodesFor(
  graph: Graph,
  values: readonly ValueName[],
): { readonly nodes: readonly Node[]; readonly reads: ReadonlySet<ValueName> } {
  const reads = new Set<ValueName>(values);
  const nodes = graph.nodes.toReversed().filter((node) => {
    if (!node.outputs.some((output) => reads.has(output))) return false;
    for (const input of node.inputs) reads.add(input);
    return true;
  });
  return { nodes: nodes.toReversed(), reads };
}
