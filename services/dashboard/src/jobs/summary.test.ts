import { expect, test } from 'vitest';
import { metricLabel } from './summary.ts';

test('names of metrics become words', () => {
  expect(['loss', 'accuracy', 'gradientNorm', 'learningRate', 'meanAbsoluteError'].map(metricLabel)).toEqual([
    'loss',
    'accuracy',
    'gradient norm',
    'learning rate',
    'MAE',
  ]);
  expect(['top5Accuracy', 'digitLoss', 'f1', 'r2'].map(metricLabel)).toEqual([
    'top 5 accuracy',
    'digit loss',
    'F1',
    'R²',
  ]);
});
