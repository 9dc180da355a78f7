import type { MaskKey } from './dropout-mask.ts';
import { eachRandomWord } from './random-stream.ts';

/** A number from [0, 1) that decides whether the gradient of a micro-batch is computed by a second worker too. */
export function auditDraw({ seed, step, microBatch }: MaskKey): number {
  let draw = 0;
  eachRandomWord(1, seed, 'audit', [step, microBatch, 0], (_, word) => {
    draw = word / 2 ** 32;
  });
  return draw;
}
