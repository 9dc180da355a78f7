import { expect, test } from 'vitest';
import { computeOnlyMs, predictedStepMs } from './formula.ts';
import { simulateScale, type WorldOptions } from './world.ts';

const base: WorldOptions = {
  seed: 1,
  workers: 4,
  microBatches: 4,
  steps: 12,
  parameterBytes: 40e6,
  computeMs: 500,
  spread: 0,
  linkBitsPerSecond: 10e9,
  latencyMs: 0.05,
  reduceBytesPerSecond: 4e9,
  updateBytesPerSecond: 2e9,
};

test.each([
  { workers: 1, microBatches: 1 },
  { workers: 4, microBatches: 4 },
  { workers: 4, microBatches: 8 },
  { workers: 16, microBatches: 16 },
  { workers: 16, microBatches: 16, linkBitsPerSecond: 100e9 },
  { workers: 16, microBatches: 16, wire: { down: 0.5, up: 0.25 } },
])('a step takes as long as the arithmetic says, within 5 %%: %j', async (change) => {
  const options = { ...base, ...change };
  const { stepMs } = await simulateScale(options);
  expect(stepMs / predictedStepMs(options)).toBeGreaterThan(0.95);
  expect(stepMs / predictedStepMs(options)).toBeLessThan(1.05);
});

test('everything follows from the seed', async () => {
  const run = (seed: number) => simulateScale({ ...base, seed, spread: 0.2 });
  const [first, again, other] = [await run(1), await run(1), await run(2)];
  expect(again).toEqual(first);
  expect(other.stepMs).not.toBe(first.stepMs);
});

test('on a fast link with little to send, workers do nothing but compute', async () => {
  const options = { ...base, workers: 16, microBatches: 16, parameterBytes: 4e5, linkBitsPerSecond: 100e9 };
  const { stepMs } = await simulateScale(options);
  expect(computeOnlyMs(options) / stepMs).toBeGreaterThan(0.98);
});
