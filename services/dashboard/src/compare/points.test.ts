import type { Job } from '@descent/client';
import { expect, test } from 'vitest';
import { dimensionsOf, placesOn } from './points.ts';

const job = (learningRate: number, accuracy: number | null) =>
  ({
    request: {
      name: String(learningRate),
      training: { epochs: 3, optimizer: { type: 'sgd', learningRate } },
    },
    price: { parameters: 10 },
    latest: null,
    validation: accuracy === null ? null : { accuracy },
  }) as unknown as Job;

test('jobs are plotted by the settings in which they differ and by what came out', () => {
  expect(dimensionsOf([job(0.1, 0.9), job(0.01, null)], ['accuracy'])).toEqual([
    { name: 'training.optimizer.learningRate', values: [0.1, 0.01], kind: 'setting' },
    { name: 'accuracy', values: [0.9, null], kind: 'score' },
  ]);
});

test('values lie by their size, over orders of magnitude by their logarithm', () => {
  expect(placesOn([1, 2, 5, null])).toEqual([0, 0.25, 1, null]);
  expect(placesOn([0.001, 0.01, 0.1]).map((place) => Number(place?.toFixed(6)))).toEqual([0, 0.5, 1]);
  expect(placesOn([3, 3])).toEqual([0.5, 0.5]);
});
