import { expect, test } from 'vitest';
import {
  addDims,
  bind,
  broadcastShapes,
  divideCounts,
  elementCountOf,
  isDim,
  multiplyDims,
  renderShape,
  sameShape,
} from './dim.ts';

test('the batch axis is bound to a number, multiples of it too', () => {
  expect(bind(['batch', 28, '64*batch', 1], 5)).toEqual([5, 28, 320, 1]);
});

test('shapes are written as people read them', () => {
  expect(renderShape(['batch', 784])).toBe('[batch, 784]');
  expect(renderShape([])).toBe('[]');
});

test('a batch merges with numbers, but not with another batch', () => {
  expect(multiplyDims('batch', 64)).toBe('64*batch');
  expect(multiplyDims('64*batch', 2)).toBe('128*batch');
  expect(multiplyDims('batch', 'batch')).toBeUndefined();
  expect(addDims('batch', '2*batch')).toBe('3*batch');
  expect(addDims('batch', 1)).toBeUndefined();
});

test('the number of elements is known but for the batch', () => {
  expect(elementCountOf(['batch', 4, '2*batch', 3])).toEqual({ coefficient: 24, power: 2 });
  expect(divideCounts(elementCountOf(['batch', 12]), elementCountOf([4]))).toBe('3*batch');
  expect(divideCounts(elementCountOf(['batch', 12]), elementCountOf(['batch', 4]))).toBe(3);
  expect(divideCounts(elementCountOf(['batch', 12]), elementCountOf([5]))).toBeUndefined();
});

test('the batch broadcasts with 1 and itself only', () => {
  expect(broadcastShapes(['batch', 1, 4], [5, 1])).toEqual(['batch', 5, 4]);
  expect(broadcastShapes(['batch', 4], [1, 4])).toEqual(['batch', 4]);
  expect(broadcastShapes(['batch', 4], [])).toEqual(['batch', 4]);
  expect(broadcastShapes(['batch'], [3])).toBeUndefined();
  expect(broadcastShapes(['batch'], ['2*batch'])).toBeUndefined();
});

test('1*batch is the batch', () => {
  expect(sameShape(['1*batch', 2], ['batch', 2])).toBe(true);
});

test.each([[-1], [1.5], [Number.NaN], ['Batch'], ['0*batch'], ['1e9*batch'], ['batch*2'], [null]])(
  '%s is no dimension',
  (value) => {
    expect(isDim(value)).toBe(false);
  },
);
