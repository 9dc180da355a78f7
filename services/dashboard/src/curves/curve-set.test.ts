import type { MetricPoint } from '@descent/client';
import { expect, test } from 'vitest';
import { createCurveSet } from './curve-set.ts';

function point(sequence: number, split: MetricPoint['split'], values: Record<string, number>): MetricPoint {
  return { sequence, step: sequence, epoch: 0, split, values, time: '2026-01-01T00:00:00Z' };
}

test('each metric gets a curve, and the set knows where to go on from', () => {
  const curves = createCurveSet();
  let changes = 0;
  const stop = curves.subscribe(() => {
    changes += 1;
  });
  curves.take(point(1, 'train', { loss: 2, accuracy: 0.1 }));
  curves.take(point(2, 'validation', { loss: 1.5 }));
  expect(changes).toBe(2);
  expect(curves.lastSequence).toBe(2);
  expect(Array.from(curves.curve('loss').columns().validation)).toEqual([Number.NaN, 1.5]);
  expect(Array.from(curves.curve('accuracy').columns().train)).toEqual([0.1]);
  stop();
  curves.take(point(3, 'train', { loss: 1 }));
  expect(changes).toBe(2);
});

test('the learning rate is never smoothed: it has no noise to take away', () => {
  const curves = createCurveSet();
  curves.take(point(1, 'train', { loss: 4, learningRate: 4 }));
  curves.take(point(2, 'train', { loss: 2, learningRate: 2 }));
  curves.setSmoothing(0.5);
  expect(Array.from(curves.curve('learningRate').columns().smooth)).toEqual([4, 2]);
  expect(Array.from(curves.curve('loss').columns().smooth)).toEqual([4, 2 / 0.75]);
});
