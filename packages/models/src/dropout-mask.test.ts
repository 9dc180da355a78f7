import { describe, expect, it } from 'vitest';
import { dropoutMask } from './dropout-mask.ts';

const key = { seed: 42, step: 7, microBatch: 3 };

function mask(length: number, rate: number, index = 0, at = key): number[] {
  const values = new Float32Array(length);
  dropoutMask(values, rate, index, at);
  return [...values];
}

describe('dropoutMask', () => {
  it('is this mask for seed 42, step 7, micro-batch 3', () => {
    expect(
      mask(24, 0.25)
        .map((value) => (value === 0 ? '·' : '#'))
        .join(''),
    ).toMatchInlineSnapshot(`"·#·#·#··##·########·##·#"`);
  });

  it('holds 0 and 1/(1 − rate), so that the mean stays', () => {
    const values = mask(100_000, 0.2);
    expect([...new Set(values)].sort()).toEqual([0, Math.fround(1.25)]);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    expect(mean).toBeGreaterThan(0.99);
    expect(mean).toBeLessThan(1.01);
  });

  it('is another mask for another step, micro-batch, node and seed', () => {
    const masks = [
      mask(64, 0.5),
      mask(64, 0.5, 1),
      mask(64, 0.5, 0, { ...key, step: 8 }),
      mask(64, 0.5, 0, { ...key, microBatch: 4 }),
      mask(64, 0.5, 0, { ...key, seed: 43 }),
    ].map((values) => values.join());
    expect(new Set(masks).size).toBe(5);
  });

  it('does not depend on the length of the buffer', () => {
    expect(mask(7, 0.5)).toEqual(mask(64, 0.5).slice(0, 7));
  });

  it('keeps everything at rate 0', () => {
    expect(mask(3, 0)).toEqual([1, 1, 1]);
  });
});
