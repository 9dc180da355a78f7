import { expect, it } from 'vitest';
import { cosineOfPi, power } from './portable-math.ts';

it('power is exact where the result is, and close to Math.pow elsewhere', () => {
  expect([power(0.9, 0), power(0.9, 1), power(0.5, 10), power(-2, 3), power(0, 5)]).toEqual([
    1,
    0.9,
    2 ** -10,
    -8,
    0,
  ]);
  for (const exponent of [2, 17, 1000, 123_456])
    expect(power(0.999, exponent) / 0.999 ** exponent).toBeCloseTo(1, 10);
  expect(power(0.9, 2 ** 40)).toBe(0);
});

it('the cosine is exact at its corners and close to Math.cos between them', () => {
  expect([cosineOfPi(0), cosineOfPi(1)]).toEqual([1, -1]);
  expect(Math.abs(cosineOfPi(0.5))).toBeLessThan(1e-15);
  for (let index = 0; index <= 1000; index++)
    expect(Math.abs(cosineOfPi(index / 1000) - Math.cos((Math.PI * index) / 1000))).toBeLessThan(1e-15);
});
