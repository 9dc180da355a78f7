/**
 * Adds `count` operands in a balanced binary tree over their index, whatever order they arrive in (docs/protocol.md,
 * "The step"). Node (level, i) is node (level − 1, 2i) plus node (level − 1, 2i + 1), or just the first where the
 * second does not exist. Arrival order changes when an addition happens, never its operands, so the bits are fixed.
 */
export interface TreeSum<Operand> {
  /** Returns the total once the last operand is in. */
  add(index: number, operand: Operand): Operand | undefined;
}

/** `combine` adds its second operand into its first and may then give the second one's memory back. */
export function createTreeSum<Operand>(
  count: number,
  combine: (left: Operand, right: Operand) => void,
): TreeSum<Operand> {
  const waiting = new Map<string, Operand>();

  return {
    add(index, operand) {
      let total = operand;
      let position = index;
      for (let level = 0, width = count; width > 1; level++, width = Math.ceil(width / 2)) {
        const sibling = position ^ 1;
        if (sibling < width) {
          const key = `${level}:${sibling}`;
          const other = waiting.get(key);
          if (other === undefined) {
            waiting.set(`${level}:${position}`, total);
            return undefined;
          }
          waiting.delete(key);
          const [left, right] = position < sibling ? [total, other] : [other, total];
          combine(left, right);
          total = left;
        }
        position >>= 1;
      }
      return total;
    },
  };
}
