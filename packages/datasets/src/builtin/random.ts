import { philox4x32 } from '@descent/tensors';

export interface RandomStream {
  /** In [0, 1). */
  uniform(): number;
  /** Below `bound`. */
  integer(bound: number): number;
  /** Mean 0, deviation 1: the sum of twelve uniform numbers less six, exact on every machine. */
  normal(): number;
}

/** Philox4x32-10 under the key (seed, 0x67656e65), a number at a time. */
export function randomStream(seed: number): RandomStream {
  const key = [seed >>> 0, 0x67656e65] as const;
  const words = new Uint32Array(4);
  let used = 4;
  let block = 0;
  const uniform = () => {
    if (used === 4) {
      philox4x32([block++, 0, 0, 0], key, words);
      used = 0;
    }
    return words[used++]! / 0x100000000;
  };
  return {
    uniform,
    integer: (bound) => Math.floor(uniform() * bound),
    normal() {
      let sum = -6;
      for (let i = 0; i < 12; i++) sum += uniform();
      return sum;
    },
  };
}
