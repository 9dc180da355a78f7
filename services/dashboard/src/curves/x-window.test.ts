import { expect, test } from 'vitest';
import { moved, scaled } from './x-window.ts';

test('a window moves as far as the curve reaches, and keeps its width', () => {
  expect(moved([20, 30], 5, [0, 100])).toEqual([25, 35]);
  expect(moved([20, 30], -50, [0, 100])).toEqual([0, 10]);
  expect(moved([20, 30], 500, [0, 100])).toEqual([90, 100]);
  expect(moved([0, 100], 5, [0, 100])).toEqual([0, 100]);
});

test('a window is scaled around its middle, to the whole curve at most', () => {
  expect(scaled([20, 40], 0.5, [0, 100])).toEqual([25, 35]);
  expect(scaled([20, 40], 2, [0, 100])).toEqual([10, 50]);
  expect(scaled([5, 25], 2, [0, 100])).toEqual([0, 35]);
});
