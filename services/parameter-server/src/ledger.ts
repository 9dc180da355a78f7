import { createHash } from 'node:crypto';

/**
 * The chain of hashes over every applied step (docs/protocol.md, "The step"). Two runs with equal chains applied the
 * same sums in the same order.
 */
export interface Ledger {
  readonly hash: string;
  /** `sums` is the step's sums block: samples, loss sum, one sum per metric. */
  append(step: number, sums: Float64Array): void;
}

export const emptyLedger = '0'.repeat(64);

export function createLedger(start: string = emptyLedger): Ledger {
  let hash = start;
  return {
    get hash() {
      return hash;
    },
    append(step, sums) {
      const text = Buffer.alloc(8 + sums.byteLength);
      text.writeDoubleLE(step, 0);
      sums.forEach((value, index) => {
        text.writeDoubleLE(value, 8 + 8 * index);
      });
      hash = createHash('sha256').update(Buffer.from(hash, 'hex')).update(text).digest('hex');
    },
  };
}
