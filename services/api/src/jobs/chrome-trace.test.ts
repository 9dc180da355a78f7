import type { JobTrace } from '@descent/contracts';
import { expect, test } from 'vitest';
import { chromeTrace } from './chrome-trace.ts';

const job = { jobId: 'job_1', name: 'digits' };
const unit = {
  step: 3,
  first: 0,
  count: 2,
  worker: 0,
  waitMs: 0,
  pullMs: 1,
  dataMs: 0.5,
  computeMs: 4,
  sumMs: 0.25,
};
const trace: JobTrace = {
  startedAt: '2026-01-01T00:00:00.000Z',
  workers: ['worker-1'],
  steps: [{ step: 3, openedAt: 10, completedAt: 20, appliedAt: 23, reduceMs: 1, updateMs: 2 }],
  units: [
    { ...unit, assignedAt: 10, answeredAt: 16, acceptedAt: 17 },
    // Handed out while the first was computed: it began when that ended.
    { ...unit, first: 2, count: 1, pullMs: 0, assignedAt: 10, answeredAt: 19.9, acceptedAt: 20 },
  ],
};
const rows = (tid: number) =>
  chromeTrace(job, trace)
    .traceEvents.filter((event) => event.tid === tid && event.ph === 'X')
    .map(({ name, ts, dur, args }) => [name, ts, dur, args.microBatches ?? args.step]);

test('phases of a worker follow one another and never overlap', () => {
  expect(rows(1)).toEqual([
    ['pull', 10_000, 1000, '0–1'],
    ['data', 11_000, 500, '0–1'],
    ['compute', 11_500, 4000, '0–1'],
    ['reduce', 15_500, 250, '0–1'],
    ['data', 15_750, 500, '2'],
    ['compute', 16_250, 4000, '2'],
    ['reduce', 20_250, 250, '2'],
  ]);
});

test('what a worker sends has a row of its own', () => {
  expect(rows(2)).toEqual([
    ['push', 15_750, 1250, '0–1'],
    ['push', 19_900, 100, '2'],
  ]);
});

test('the parameter server waits for the step, adds and updates', () => {
  expect(rows(0)).toEqual([
    ['wait', 10_000, 10_000, 3],
    ['reduce', 20_000, 1000, 3],
    ['update', 21_000, 2000, 3],
  ]);
});

test('rows are named, and a job without steps has none', () => {
  const names = chromeTrace(job, trace).traceEvents.filter(({ ph }) => ph === 'M');
  expect(names.map(({ args }) => args.name)).toEqual(['parameter server', 'worker-1', 'worker-1, sending']);
  expect(chromeTrace(job, null)).toEqual({
    displayTimeUnit: 'ms',
    otherData: { job: 'job_1', name: 'digits', startedAt: null },
    traceEvents: [],
  });
});
