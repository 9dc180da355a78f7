import { expect, test } from 'vitest';
import { marksOf, parentOf } from './marks.ts';

const event = (type: 'created' | 'restarted' | 'log', data: Record<string, unknown>) => ({ type, data });

test('kept checkpoints and restarts stand across the curves', () => {
  const events = [event('log', { step: 3 }), event('restarted', { step: 40, server: 'ps-1' })];
  expect(marksOf(events, [{ step: 50 }])).toEqual([
    { kind: 'checkpoint', step: 50 },
    { kind: 'restart', step: 40 },
  ]);
});

test('a fork knows its parent, any other job has none', () => {
  const forkOf = { job: 'job_1', checkpoint: 'ck_200' };
  expect(parentOf([event('log', {}), event('created', { price: {}, forkOf })])).toEqual(forkOf);
  expect(parentOf([event('created', { price: {} })])).toBeUndefined();
  expect(parentOf([])).toBeUndefined();
});
