import { expect, test } from 'vitest';
import { scoresOf, sumCount } from './scores.ts';

test('scores are made from the sums of each metric, in the order of the block', () => {
  const compiled = [
    { name: 'accuracy', sums: 1 },
    { name: 'meanAbsoluteError', sums: 1 },
  ] as const;
  expect(sumCount(compiled)).toBe(2);
  expect(scoresOf(compiled, Float64Array.of(4, 10, 3, 1))).toEqual({
    loss: 2.5,
    accuracy: 0.75,
    meanAbsoluteError: 0.25,
  });
  expect(scoresOf([], Float64Array.of(4, 10))).toEqual({ loss: 2.5 });
});
