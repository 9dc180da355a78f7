import { philox4x32 } from '@descent/tensors';

/** Second word of the key: what the numbers are for, so that no two purposes ever share a stream. */
export const purposes = { initialization: 1, dropout: 2, rounding: 3, audit: 4 } as const;

/**
 * Calls `take(index, word)` with `count` uniform 32-bit words. They depend on the arguments alone: word i is word
 * i mod 4 of Philox under key (seed, purpose) at counter (⌊i/4⌋, ...where).
 */
export function eachRandomWord(
  count: number,
  seed: number,
  purpose: keyof typeof purposes,
  where: readonly [number, number, number],
  take: (index: number, word: number) => void,
): void {
  const words = new Uint32Array(4);
  const counter: [number, number, number, number] = [0, ...where];
  const key: [number, number] = [seed >>> 0, purposes[purpose]];
  for (let index = 0; index < count; index += 4) {
    counter[0] = index / 4;
    philox4x32(counter, key, words);
    const end = Math.min(4, count - index);
    for (let lane = 0; lane < end; lane++) take(index + lane, words[lane]!);
  }
}
