import { expect, test } from 'vitest';
import { count, decimal, duration, percent, progressLine, scores, sparkline, table } from './format.ts';
import { exampleJob } from './testing-job.ts';

test('numbers are short and exact enough', () => {
  expect(count(41_234.4)).toBe('41,234');
  expect(percent(0.9781)).toBe('97.81 %');
  expect([0, 0.123456, 12.34567, 0.00012345, 123456].map(decimal)).toEqual([
    '0',
    '0.1235',
    '12.35',
    '1.23e-4',
    '1.23e+5',
  ]);
  expect([0, 7, 750, 3_723].map(duration)).toEqual(['0:00', '0:07', '12:30', '1:02:03']);
});

test('the loss comes first, and what the optimizer measures is left out', () => {
  const values = { accuracy: 0.5, gradientNorm: 3, learningRate: 0.1, loss: 1.25, meanAbsoluteError: 2 };
  expect(scores(values)).toBe('loss 1.25, accuracy 50.00 %, meanAbsoluteError 2');
  expect(scores({ loss: 1, digitTop5Accuracy: 0.5, f1: 0.25, auc: 0.75 })).toBe(
    'loss 1, digitTop5Accuracy 50.00 %, f1 25.00 %, auc 0.75',
  );
});

test('the line of a running job holds step, epoch, loss, accuracy, samples per second and ETA', () => {
  expect(progressLine(exampleJob())).toBe(
    'step 1,000/1,407  epoch 2.13/3  loss 0.2134  accuracy 93.75 %  321.9 it/s  41,200 samples/s  ETA 0:23',
  );
});

test('a job that waits says why', () => {
  expect(progressLine(exampleJob({ state: 'queued', reason: 'two jobs before it' }))).toBe(
    'queued: two jobs before it',
  );
});

test('columns are as wide as their widest cell', () => {
  expect(
    table([
      ['a', 'bb'],
      ['cccc', 'd'],
    ]),
  ).toBe('a     bb\ncccc  d');
});

test('a sparkline shows the course of a value: parts are averaged, what is not finite is left out', () => {
  expect(sparkline([0, 1, 2, 3, 4, 5, 6, 7], 8)).toBe('▁▂▃▄▅▆▇█');
  expect(sparkline([7, 7, 0, 0], 2)).toBe('█▁');
  expect(sparkline([1, Number.NaN, 1], 9)).toBe('▁▁');
  expect(sparkline([], 9)).toBe('');
});
