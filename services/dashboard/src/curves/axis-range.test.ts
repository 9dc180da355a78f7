import { expect, test } from 'vitest';
import { axisRange, extent } from './axis-range.ts';

const column = Float64Array.of(5, Number.NaN, 1, 0, 9);

test('the extent leaves out NaN and rows out of sight', () => {
  expect(extent([column], 0, 3, false)).toEqual([0, 5]);
  expect(extent([column, Float64Array.of(0, 0, -2)], 2, 2, false)).toEqual([-2, 1]);
  expect(extent([column], 1, 1, false)).toBeNull();
});

test('a logarithmic axis leaves out zero', () => {
  expect(extent([column], 0, 4, true)).toEqual([1, 9]);
});

test('the margin never leaves the bounds of the metric', () => {
  expect(axisRange([0.5, 1], { logarithmic: false, floor: 0, ceiling: 1 })).toEqual([0.475, 1]);
});

test('a flat curve still has a range around it', () => {
  expect(axisRange([2, 2], { logarithmic: false })).toEqual([1.8, 2.2]);
  expect(axisRange([0, 0], { logarithmic: false })).toEqual([-0.5, 0.5]);
  const [low, high] = axisRange([2, 2], { logarithmic: true });
  expect(low).toBeLessThan(2);
  expect(high).toBeGreaterThan(2);
});
