import { expect, test } from 'vitest';
import { decideAdmission } from './admission.ts';
import { book, openLedger } from './ledger.ts';
import { type ReleaseCause, releaseCauses } from './releases.ts';
import { defaultSettings } from './settings.ts';
import { heldJob, nowMs, viewOf, waitingJob } from './view.fixture.ts';
import type { SchedulingView } from './view.ts';

const ledger = openLedger(nowMs);
const released = (view: SchedulingView, books = ledger) =>
  decideAdmission(view, books, defaultSettings).release.map(({ job, cause }) => `${job} ${cause}`);
const crowd = [heldJob('old'), heldJob('young', { heldSinceMs: nowMs - 40_000 })];
const newcomer = waitingJob('new', { team: 'b' });
const idle = heldJob('x', { updatedAtMs: nowMs - 600_001 });

const situations: Record<ReleaseCause, [SchedulingView, string]> = {
  maintenance: [viewOf([heldJob('x')], { cluster: { paused: true } }), 'x maintenance'],
  'team-paused': [viewOf([heldJob('x')], { teams: { a: { paused: true } } }), 'x team-paused'],
  'budget-spent': [viewOf([heldJob('x')], { teams: { a: { budgetWorkerSeconds: 5 } } }), 'x budget-spent'],
  diverged: [viewOf([heldJob('x', { diverged: true })]), 'x diverged'],
  idle: [viewOf([idle, heldJob('y'), waitingJob('w')]), 'x idle'],
  'over-share': [viewOf([...crowd, newcomer]), 'young over-share'],
};

test.each(releaseCauses)('a place is given back: %s', (cause) => {
  const [view, expected] = situations[cause];
  expect(released(view, book(ledger, 'a', 1, 5))).toEqual([expected]);
});

test('an idle job keeps its place while nobody waits, and while there is no worker', () => {
  expect(released(viewOf([idle]))).toEqual([]);
  expect(released(viewOf([idle, heldJob('y'), waitingJob('w')], { cluster: { workers: 0 } }))).toEqual([]);
});

test('nobody yields to a team that has a place, or before 30 s, or twice', () => {
  expect(released(viewOf([...crowd, waitingJob('w')]))).toEqual([]);
  const fresh = crowd.map((job) => ({ ...job, heldSinceMs: nowMs - 29_000 }));
  expect(released(viewOf([...fresh, newcomer]))).toEqual([]);
  expect(released(viewOf([crowd[0]!, { ...crowd[1]!, state: 'leaving' }, newcomer]))).toEqual([]);
});

test('a team keeps its part of the places', () => {
  const jobs = [...crowd, heldJob('third'), newcomer];
  const heavy = viewOf(jobs, { cluster: { places: 3 }, teams: { a: { weight: 9 } } });
  expect(released(heavy)).toEqual(['young over-share']);
  const alone = viewOf([heldJob('x'), newcomer], { cluster: { places: 1 } });
  expect(released(alone)).toEqual([]);
});
