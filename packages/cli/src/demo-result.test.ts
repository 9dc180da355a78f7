import { expect, test } from 'vitest';
import { createDemoResult } from './demo-result.ts';
import { exampleJob } from './testing-job.ts';

test('the result of a job that succeeded', () => {
  const job = exampleJob({
    state: 'succeeded',
    endedAt: '2026-01-01T10:00:11.000Z',
    validation: { accuracy: 0.978, loss: 0.07 },
    receipt: { graphHash: 'g', datasetHash: 'd', numericsClass: 'n', ledgerHash: 'l', weightsHash: 'w' },
  });
  expect(createDemoResult(job, 2)).toEqual({
    jobId: job.id,
    state: 'succeeded',
    validation: { accuracy: 0.978, loss: 0.07 },
    weightsHash: 'w',
    steps: 1_000,
    workers: 2,
    seconds: 10,
    samplesPerSecond: 12_800,
  });
});

test('a job that failed before anything was measured has no scores', () => {
  expect(createDemoResult(exampleJob({ state: 'failed', startedAt: null }), 1)).toMatchObject({
    state: 'failed',
    validation: null,
    weightsHash: null,
    seconds: 0,
    samplesPerSecond: 0,
  });
});
