import type { Node, ValueName, ValueType } from '@descent/autodiff';

/** The part of a graph that an engine writes down: nodes in topological order and the values that must be kept. */
export interface NodeList {
  readonly nodes: readonly Node[];
  readonly types: ReadonlyMap<ValueName, ValueType>;
  readonly outputs: readonly ValueName[];
}

/**
 * ReluGrad(MaxPoolGrad(dY, X, P), X), is MaxPoolGrad(ReluGrad(dY, P), X, P): a winner and its
 * maximum are the same number, so one is positive when the other is. The mask then runs over the pooled size, a
 * quarter of it for 2×2 windows.
 */
export function reorderReluGrad({ nodes, types, outputs }: NodeList): NodeList {
  const producers = new Map(nodes.flatMap((node) => node.outputs.map((output) => [output, node] as const)));
  const uses = new Map<string, number>();
  for (const value of [...outputs, ...nodes.flatMap((node) => node.inputs)]) {
    uses.set(value, (uses.get(value) ?? 0) + 1);
  }
  const typesAfter = new Map(types);
  const moved = new Map<Node, readonly Node[]>();
  for (const node of nodes) {
    const pool = node.op === 'ReluGrad' ? producers.get(node.inputs[0]!) : undefined;
    if (pool?.op !== 'MaxPoolGrad' || uses.get(pool.outputs[0]!) !== 1) continue;
    const [dy, x, pooled] = pool.inputs as [string, string, string];
    if (x !== node.inputs[1]) continue;
    const masked = `${node.outputs[0]} pooled`;
    typesAfter.set(masked, types.get(pooled)!);
    moved.set(pool, []);
    moved.set(node, [
      { ...node, inputs: [dy, pooled], outputs: [masked] },
      { ...pool, inputs: [masked, x, pooled], outputs: node.outputs },
    ]);
  }
  return { nodes: nodes.flatMap((node) => moved.get(node) ?? [node]), types: typesAfter, outputs };
}
