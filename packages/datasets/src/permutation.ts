import { multiplyHigh, philox4x32 } from '@descent/tensors';

/** What a permutation is for; different purposes draw from different streams of one seed. */
export const permutationStreams = {
  shuffle: 0x73687566,
  holdOut: 0x686f6c64,
  folds: 0x666f6c64,
  balance: 0x62616c61,
} as const;
export type PermutationStream = keyof typeof permutationStreams;

/**
 * The order of `count` samples in one epoch: every number below `count` once. Fisher–Yates from the last position
 * down, with bounded integers by Lemire's method (2019, unbiased) from Philox4x32-10 under the key (seed, stream) and
 * counter (block, 0, epoch, 0). Integer arithmetic only, so the order is the same on every machine.
 */
export function permutation(
  count: number,
  seed: number,
  epoch: number,
  stream: PermutationStream = 'shuffle',
): Uint32Array {
  const key = [seed >>> 0, permutationStreams[stream]] as const;
  const words = new Uint32Array(4);
  let used = 4;
  let block = 0;
  const next = () => {
    if (used === 4) {
      philox4x32([block++, 0, epoch, 0], key, words);
      used = 0;
    }
    return words[used++]!;
  };

  const order = Uint32Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    const j = boundedInteger(next, i + 1);
    const moved = order[i]!;
    order[i] = order[j]!;
    order[j] = moved;
  }
  return order;
}

function boundedInteger(next: () => number, bound: number): number {
  // 2^32 mod bound words are rejected, so that each result has the same number of words.
  const rejected = (0x100000000 - bound) % bound;
  for (;;) {
    const word = next();
    if (Math.imul(word, bound) >>> 0 >= rejected) return multiplyHigh(word, bound);
  }
}
