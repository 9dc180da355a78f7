import { nodeLevel } from '@descent/gradient-channel';

/** Some micro-batches of an assignment, or two such parts to be added. */
export type NodePart =
  | { readonly from: number; readonly to: number }
  | { readonly left: NodePart; readonly right: NodePart };

/** Cuts the node over `[from, to)` into at most `parts` nodes below it, along the tree: added up they give its very bits. */
export function splitNode(from: number, to: number, parts: number): NodePart {
  if (parts < 2 || to - from < 2) return { from, to };
  const middle = from + 2 ** (nodeLevel(to - from) - 1);
  const onTheRight = Math.floor(parts / 2);
  return {
    left: splitNode(from, middle, parts - onTheRight),
    right: splitNode(middle, to, onTheRight),
  };
}
