import { eachRandomWord } from './random-stream.ts';

/** What a mask is a function of, besides its rate and its place in the model. */
export interface MaskKey {
  readonly seed: number;
  readonly step: number;
  readonly microBatch: number;
}

/**
 * Fills `mask` with 0 (with probability `rate`, to 1/65,536) or 1/(1 − rate). There is no hidden state: a micro-batch
 * that is computed twice, anywhere, has the same mask.
 *
 * @param index position of the mask among the model's `randomInputs`
 * @param mask one element per element of the input, [samples, ...shape] in row-major order
 */
export function dropoutMask(mask: Float32Array, rate: number, index: number, key: MaskKey): void {
  const scale = 1 / (1 - rate);
  const threshold = Math.min(Math.round(rate * 0x10000), 0xffff);
  // Two elements per word: a mask costs half the time, and a 16-bit threshold is as fine as anybody's dropout rate.
  const where = [key.step, key.microBatch, index] as const;
  eachRandomWord(Math.ceil(mask.length / 2), key.seed, 'dropout', where, (word, bits) => {
    mask[2 * word] = (bits & 0xffff) < threshold ? 0 : scale;
    // Beyond the end of a mask of odd length this writes nothing.
    mask[2 * word + 1] = bits >>> 16 < threshold ? 0 : scale;
  });
}
