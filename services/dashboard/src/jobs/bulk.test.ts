import type { Job } from '@descent/client';
import { expect, test } from 'vitest';
import { bulkActions, suits } from './bulk.ts';

const suited = (state: Job['state'], more: { archivedAt?: string; step?: number } = {}) => {
  const { archivedAt = null, step = 10 } = more;
  const job = { state, archivedAt, progress: { step } as Job['progress'] };
  return bulkActions.filter((action) => suits(action, job));
};

test('what is offered for many jobs is what each of their states allows', () => {
  expect(suited('running')).toEqual(['pause', 'fork', 'cancel']);
  expect(suited('queued', { step: 0 })).toEqual(['pause', 'cancel']);
  expect(suited('paused')).toEqual(['resume', 'fork', 'cancel']);
  expect(suited('failed')).toEqual(['fork', 'archive']);
  expect(suited('succeeded', { archivedAt: '2026-01-01T00:00:00Z' })).toEqual(['fork', 'restore']);
});
