import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { createCurveBuffer } from './curve-buffer.ts';

const list = (column: Float64Array) => Array.from(column);

test('train and validation points of one step share a row; a step without one holds NaN', () => {
  const curve = createCurveBuffer();
  curve.push('train', 1, 0.5, 2);
  curve.push('train', 2, 1, 1);
  curve.push('validation', 2, 1, 1.5);
  const { step, epoch, train, validation } = curve.columns();
  expect(list(step)).toEqual([1, 2]);
  expect(list(epoch)).toEqual([0.5, 1]);
  expect(list(train)).toEqual([2, 1]);
  expect(list(validation)).toEqual([Number.NaN, 1.5]);
});

test('a validation point that comes after later training steps goes to its place', () => {
  const curve = createCurveBuffer();
  for (const step of [10, 30, 40]) curve.push('train', step, step / 10, step);
  curve.push('validation', 20, 2, 7);
  const { step, train, validation } = curve.columns();
  expect(list(step)).toEqual([10, 20, 30, 40]);
  expect(list(train)).toEqual([10, Number.NaN, 30, 40]);
  expect(list(validation)).toEqual([Number.NaN, 7, Number.NaN, Number.NaN]);
});

test('the running mean starts at the first value and follows with the given weight', () => {
  const curve = createCurveBuffer(0.5);
  [4, 2, 2].forEach((value, step) => {
    curve.push('train', step, 0, value);
  });
  // m = 2, 2, 2 and 1 − sᵏ = 0.5, 0.75, 0.875.
  expect(list(curve.columns().smooth)).toEqual([4, 2 / 0.75, 2 / 0.875]);
});

test('without smoothing the mean is the curve itself', () => {
  const curve = createCurveBuffer(0.9);
  [3, 1, 2].forEach((value, step) => {
    curve.push('train', step, 0, value);
  });
  curve.setSmoothing(0);
  expect(list(curve.columns().smooth)).toEqual([3, 1, 2]);
});

test('a step repeated after a restart replaces its point and the mean behind it', () => {
  const curve = createCurveBuffer(0.9);
  const fresh = createCurveBuffer(0.9);
  for (const step of [1, 2, 3]) curve.push('train', step, 0, step);
  curve.push('train', 2, 0, 9);
  for (const [step, value] of [
    [1, 1],
    [2, 9],
    [3, 3],
  ] as const) {
    fresh.push('train', step, 0, value);
  }
  expect(curve.length).toBe(3);
  expect(curve.columns()).toEqual(fresh.columns());
});

test('values that are not finite leave no point', () => {
  const curve = createCurveBuffer();
  curve.push('train', 1, 0, Number.NaN);
  curve.push('train', 1, 0, Number.POSITIVE_INFINITY);
  expect(curve.length).toBe(0);
});

test('whatever the order of arrival, the columns are those of arrival in order, through every growth', () => {
  const points = fc.uniqueArray(fc.integer({ min: 0, max: 300 }), { maxLength: 120 });
  fc.assert(
    fc.property(points, (steps) => {
      const shuffled = createCurveBuffer(0.8, 4);
      const sorted = createCurveBuffer(0.8, 512);
      for (const step of steps) shuffled.push('train', step, step / 7, Math.sin(step));
      for (const step of steps.toSorted((a, b) => a - b))
        sorted.push('train', step, step / 7, Math.sin(step));
      expect(shuffled.columns()).toEqual(sorted.columns());
    }),
  );
});
