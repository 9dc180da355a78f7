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
});
