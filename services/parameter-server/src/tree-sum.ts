import { nodeLevel } from '@descent/gradient-channel';

/**
 * Adds `count` operands in a balanced binary tree over their index, whatever order they arrive in (docs/protocol.md,
 * "The step"). Node (level, i) is node (level − 1, 2i) plus node (level − 1, 2i + 1), or just the first where the
 * second does not exist. Arrival order changes when an addition happens, never its operands, so the bits are fixed.
 */
export interface TreeSum<Operand> {
  /**
   * Takes the sum of the node that covers the operands [first, first + size). With the last one it returns the one or two
   * operands whose sum, left plus right, is the total: the caller adds them, together with whatever else it does to them.
   */
  add(first: number, size: number, operand: Operand): Total<Operand> | undefined;
}

export type Total<Operand> = readonly [left: Operand, right?: Operand];

/** `combine` adds its second operand into its first and may then give the second one's memory back. */
export function createTreeSum<Operand>(
  count: number,
  combine: (left: Operand, right: Operand) => void,
): TreeSum<Operand> {
  const waiting = new Map<string, Operand>();

  return {
    add(first, size, operand) {
      let total = operand;
      let level = nodeLevel(size);
      let position = first >> level;
      for (let width = Math.ceil(count / 2 ** level); width > 1; level++, width = Math.ceil(width / 2)) {
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
          if (width === 2) return [left, right];
          combine(left, right);
          total = left;
        }
        position >>= 1;
      }
      return [total];
    },
  };
}

/** Adds in the order of arrival, for the benchmark that asks what the fixed order costs. Bits differ from run to run. */
export function createArrivalSum<Operand>(
  count: number,
  combine: (left: Operand, right: Operand) => void,
): TreeSum<Operand> {
  let missing = count;
  let total: Operand | undefined;

  return {
    add(_first, size, operand) {
      missing -= size;
      if (missing === 0) return total === undefined ? [operand] : [total, operand];
      if (total === undefined) total = operand;
      else combine(total, operand);
      return undefined;
    },
  };
}
