import type { JobTiming } from '@descent/contracts';
import { expect, test } from 'vitest';
import { describeTiming, timingLine } from './describe-timing.ts';

const timing: JobTiming = {
  steps: 2,
  microBatches: 8,
  stepMs: 12.5,
  phases: { queue: 0.5, pull: 1, data: 0.25, compute: 6, push: 1.25, wait: 0.5, reduce: 0.3, update: 0.2 },
};

test('every phase has its time and its share', () => {
  const lines = describeTiming(timing).split('\n');
  expect(lines[0]).toBe('Mean over the latest 2 steps (8 micro-batches), one step every 12.5 ms');
  expect(lines).toHaveLength(10);
  expect(lines[5]).toMatch(/^compute +6 ms +60\.00 %$/);
});

test('the line names the phases in their order', () => {
  expect(timingLine(timing)).toBe(
    'queue 0.5  pull 1  data 0.25  compute 6  push 1.25  wait 0.5  reduce 0.3  update 0.2  ms per micro-batch',
  );
});
