import type { Job } from '@descent/client';
import { expect, test } from 'vitest';
import { endedSince, endInWords, statesOf } from './ended-jobs.ts';

const job = (id: string, state: Job['state'], more: Partial<Job> = {}) =>
  ({ id, state, name: id, reason: 'asked for', error: null, validation: null, ...more }) as Job;

test('a job that ends while somebody looks is news once; what had ended before is none', () => {
  const first = [job('a', 'running'), job('b', 'succeeded')];
  expect(endedSince(null, first)).toEqual([]);
  const second = [job('a', 'failed'), job('b', 'succeeded'), job('c', 'cancelled')];
  expect(endedSince(statesOf(first), second).map(({ id }) => id)).toEqual(['a', 'c']);
  expect(endedSince(statesOf(second), second)).toEqual([]);
  expect(endedSince(statesOf(second), [job('Z', 'failed')])).toEqual([]);
});

test('a notification tells the scores, or what went wrong', () => {
  expect(endInWords(job('mnist', 'succeeded', { validation: { accuracy: 0.98123, loss: 0.06 } }))).toEqual({
    title: 'mnist succeeded',
    body: 'accuracy 0.9812, loss 0.06000',
  });
  const error = { code: 'JOB_DIVERGED', message: 'The loss became NaN', details: {}, advice: '' };
  expect(endInWords(job('mnist', 'failed', { error }))).toEqual({
    title: 'mnist diverged',
    body: 'The loss became NaN',
  });
  expect(endInWords(job('mnist', 'cancelled'))).toEqual({ title: 'mnist cancelled', body: 'asked for' });
});
