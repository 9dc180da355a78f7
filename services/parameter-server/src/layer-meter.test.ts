import { layersDue } from '@descent/contracts';
import { expect, test } from 'vitest';
import { createLayerMeter, histogramOf } from './layer-meter.ts';
import { createWorld } from './training-job.fixture.ts';

const entry = (name: string, offset: number, length: number, trainable = true) => ({
  name,
  offset,
  length,
  trainable,
  shape: [length],
  initializer: 'zeros' as const,
});

test('the tiles of a parameter add up to its norms, and frozen parameters have none', () => {
  const meter = createLayerMeter({
    entries: [entry('a', 0, 4), entry('b', 16, 2), entry('c', 32, 2, false)],
  });
  const norms = (squaredGradient: number, squaredParameters: number, squaredChange: number) => ({
    squaredGradient,
    squaredParameters,
    squaredChange,
  });
  meter.tile(norms(16, 9, 1), { start: 0, end: 2 });
  meter.tile(norms(48, 16, 3), { start: 2, end: 4 });
  meter.tile(norms(4, Number.POSITIVE_INFINITY, 0), { start: 16, end: 18 });
  expect(meter.snapshot(2, undefined)).toEqual({
    norms: {
      a: { gradient: 4, parameter: 5, change: 2 },
      b: { gradient: 1, parameter: null, change: 0 },
    },
  });
});

test('a histogram counts every finite value once, the largest in the last bin', () => {
  const found = histogramOf(Float32Array.from([0, 0, 0.5, 1, Number.NaN]));
  expect(found).toMatchObject({ low: 0, high: 1 });
  expect(found?.counts).toHaveLength(32);
  expect([found?.counts[0], found?.counts[16], found?.counts[31]]).toEqual([2, 1, 1]);
  expect(histogramOf(Float32Array.from([2, 2]))?.counts[0]).toBe(2);
  expect(histogramOf(Float32Array.from([Number.NaN]))).toBeUndefined();
});

test('a long job is measured at 512 even steps, and at its last', () => {
  const steps = 100_000;
  const measured = Array.from({ length: steps }, (_, index) => layersDue(index + 1, steps));
  expect(measured.filter((due) => due !== 'none').length).toBeLessThanOrEqual(513);
  expect(measured.filter((due) => due === 'histograms').length).toBeLessThanOrEqual(34);
  expect(measured.at(-1)).toBe('histograms');
  expect(layersDue(1, 10)).toBe('histograms');
  expect(layersDue(2, 10)).toBe('norms');
});

test('a step reports the norms of the mean gradient, of the values before it, and of what it added', () => {
  const world = createWorld({ initial: [3, 4, 0], microBatches: 1 });
  world.join('a').push([4, 0, 8]);
  const { layers } = world.points[0]!;
  expect(layers?.norms.w?.parameter).toBeCloseTo(5, 4);
  // Four samples: the mean gradient is [1, 0, 2], and plain descent with a rate of 1 subtracts it.
  expect(layers?.norms.w?.gradient).toBeCloseTo(Math.sqrt(5), 4);
  expect(layers?.norms.w?.change).toBeCloseTo(Math.sqrt(5), 4);
  expect(layers?.histograms?.w).toMatchObject({ low: -2, high: 4 });
});
