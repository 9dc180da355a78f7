import { philox4x32 } from '@descent/tensors';

const stream = 0x6175676d;

/** Random numbers of one sample in one epoch: the same whoever asks, whenever, and in whatever order. */
export interface Draw {
  /** Number `index` of transform `position`, in [0, 1). */
  uniform(position: number, index: number): number;
}

/**
 * Philox4x32-10 under the key (seed, stream) and the counter (block, position, epoch, sample). Inputs that read the same
 * sample (an image and its mask) draw the same numbers.
 */
export function createDraws(seed: number): { of(sample: number, epoch: number): Draw } {
  const key = [seed >>> 0, stream] as const;
  const words = new Uint32Array(4);
  let at = { sample: -1, epoch: -1 };
  let known = '';
  const draw: Draw = {
    uniform(position, index) {
      const block = index >>> 2;
      const wanted = `${position} ${block}`;
      if (wanted !== known) {
        philox4x32([block, position, at.epoch, at.sample], key, words);
        known = wanted;
      }
      return words[index & 3]! / 0x100000000;
    },
  };
  return {
    of(sample, epoch) {
      at = { sample, epoch };
      known = '';
      return draw;
    },
  };
}
