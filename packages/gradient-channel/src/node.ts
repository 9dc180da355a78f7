/**
 * The geometry of the tree that a step's micro-batches are added in (docs/protocol.md, "Nodes"). A node is named by the
 * micro-batches that it covers: `first` and `count`.
 */

/** Most bytes of gradient buffers that a worker keeps for one training job. */
const mostGradientBytes = 2 ** 30;

/** Level of the smallest node that covers `count` micro-batches: 0 for one, 1 for two, 2 for three or four. */
export function nodeLevel(count: number): number {
  return Math.ceil(Math.log2(count));
}

/** Whether [first, first + count) of `total` micro-batches is a node. */
export function isNode(first: number, count: number, total: number): boolean {
  if (!(count >= 1 && first + count <= total)) return false;
  const width = 2 ** nodeLevel(count);
  return first % width === 0 && count === Math.min(width, total - first);
}

/**
 * Level of the largest node that is ever assigned: adding up a node of level *l* takes *l* + 1 gradient buffers, and one more
 * is being sent meanwhile.
 */
export function deepestLevel(microBatches: number, gradientBytes: number): number {
  const buffers = Math.floor(mostGradientBytes / Math.max(1, gradientBytes));
  return Math.max(0, Math.min(nodeLevel(microBatches), buffers - 2));
}
