import type { MaskKey } from './dropout-mask.ts';
import { eachRandomWord } from './random-stream.ts';

/** The unsigned 32 bits that decide how the gradient of a micro-batch is rounded when it is compressed. */
export function roundingKey({ seed, step, microBatch }: MaskKey): number {
  let key = 0;
  eachRandomWord(1, seed, 'rounding', [step, microBatch, 0], (_, word) => {
    key = word;
  });
  return key;
}
