import { expect, it } from 'vitest';
import { clipFactor } from './clip.ts';

it('a gradient within the norm, or on it, or without a limit, is not scaled', () => {
  expect([clipFactor(0, 1), clipFactor(0.5, 1), clipFactor(1, 1), clipFactor(1e9, undefined)]).toEqual([
    1, 1, 1, 1,
  ]);
});

it('a longer gradient is scaled down to exactly the norm', () => {
  // |(3, 4)| = 5; times 1/5 it is (0.6, 0.8), of norm 1.
  expect(clipFactor(Math.hypot(3, 4), 1)).toBe(0.2);
  expect(clipFactor(8, 2)).toBe(0.25);
});
