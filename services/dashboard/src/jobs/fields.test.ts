import type { Job } from '@descent/client';
import { expect, test } from 'vitest';
import { columnFields, fieldOf } from './fields.ts';

const job = (learningRate: number, more: object = {}) =>
  ({
    request: {
      name: 'a',
      model: { layers: [{ type: 'dense' }] },
      training: { batchSize: 32, optimizer: { type: 'sgd', learningRate }, ...more },
    },
    latest: { loss: 1, accuracy: 0.5 },
    validation: { accuracy: 0.25 },
    best: { accuracy: { value: 0.75, step: 3, split: 'validation' } },
  }) as unknown as Job;

test('a field is a metric, of the validation where there is one, or a setting by the end of its path', () => {
  expect(fieldOf(job(0.1), 'metrics.accuracy')).toBe('25.00%');
  expect(fieldOf(job(0.1), 'metrics.loss')).toBe('1.000');
  expect(fieldOf(job(0.1), 'best.accuracy')).toBe('75.00%');
  expect(fieldOf(job(0.1), 'best.loss')).toBeUndefined();
  expect(fieldOf(job(0.1), 'optimizer.learningRate')).toBe('0.1');
  expect(fieldOf(job(0.1), 'training.batchSize')).toBe('32');
  expect(fieldOf(job(0.1), 'Size')).toBeUndefined();
});

test('columns are offered for metrics and for settings that differ or that only some have', () => {
  expect(columnFields([job(0.1), job(0.2, { clipNorm: 1 })])).toEqual([
    'best.accuracy',
    'metrics.loss',
    'metrics.accuracy',
    'training.clipNorm',
    'training.optimizer.learningRate',
  ]);
});
