import { expect, test } from 'vitest';
import { type CompiledMetric, scoresOf, sumCount, tablesOf } from './scores.ts';

const compiled: readonly CompiledMetric[] = [
  { name: 'digitLoss', sums: 1, settings: undefined },
  { name: 'accuracy', sums: 1, settings: { type: 'accuracy' } },
  { name: 'confusionMatrix', sums: 4, settings: { type: 'confusionMatrix' }, labels: 'kind' },
  { name: 'meanAbsoluteError', sums: 1, settings: { type: 'meanAbsoluteError' } },
];
const sums = Float64Array.of(4, 10, 6, 3, 1, 0, 1, 2, 1);

test('scores are made from the sums of each metric, in the order of the block', () => {
  expect(sumCount(compiled)).toBe(7);
  expect(scoresOf(compiled, sums)).toEqual({
    loss: 2.5,
    digitLoss: 1.5,
    accuracy: 0.75,
    meanAbsoluteError: 0.25,
  });
  expect(scoresOf([], Float64Array.of(4, 10))).toEqual({ loss: 2.5 });
});

test('tables have the names of the classes, or their numbers', () => {
  const values = [
    [1, 0],
    [1, 2],
  ];
  const named = ['cat', 'dog'];
  expect(tablesOf(compiled, sums, (labels) => (labels === 'kind' ? named : undefined))).toEqual({
    confusionMatrix: { rows: named, columns: named, values },
  });
  expect(tablesOf(compiled, sums, () => undefined)).toEqual({
    confusionMatrix: { rows: ['0', '1'], columns: ['0', '1'], values },
  });
});
