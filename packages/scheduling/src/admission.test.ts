import { waitingReasons } from '@descent/contracts';
import { describe, expect, test } from 'vitest';
import { decideAdmission } from './admission.ts';
import { book, type Ledger, openLedger } from './ledger.ts';
import { queueUp } from './queue-up.ts';
import { defaultSettings } from './settings.ts';
import { heldJob, nowMs, type ViewChanges, viewOf, waitingJob } from './view.fixture.ts';
import type { SchedulingView } from './view.ts';

const ledger = openLedger(nowMs);
const decide = (view: SchedulingView, books: Ledger = ledger) =>
  decideAdmission(view, books, defaultSettings);
const reasons = (view: SchedulingView, books?: Ledger) =>
  Object.fromEntries(decide(view, books).line.map(({ job, reason }) => [job.id, reason]));
const order = (view: SchedulingView, books?: Ledger) => decide(view, books).line.map(({ job }) => job.id);

describe('the line', () => {
  test('inside a team: its own priorities, then first come', () => {
    const jobs = [
      waitingJob('late', { queuedAtMs: nowMs - 1 }),
      waitingJob('early'),
      waitingJob('urgent', { priority: 1, queuedAtMs: nowMs }),
    ];
    expect(order(viewOf(jobs))).toEqual(['urgent', 'early', 'late']);
  });

  test('teams take turns by the work of their jobs', () => {
    const jobs = ['a1', 'a2', 'b1', 'b2', 'b3'].map((id) =>
      waitingJob(id, { team: id[0]!, remainingWorkerSeconds: id[0] === 'a' ? 100 : 40 }),
    );
    expect(order(viewOf(jobs))).toEqual(['a1', 'b1', 'b2', 'b3', 'a2']);
  });

  test('twice the weight, twice the turns', () => {
    const jobs = ['a1', 'a2', 'a3', 'a4', 'b1', 'b2'].map((id) => waitingJob(id, { team: id[0]! }));
    const line = order(viewOf(jobs, { teams: { a: { weight: 2 } } }));
    expect(line).toEqual(['a1', 'b1', 'a2', 'a3', 'b2', 'a4']);
  });

  test('who used more stands behind, and a job with a place counts before it has computed', () => {
    const jobs = [waitingJob('a1', { queuedAtMs: 0 }), waitingJob('b1', { team: 'b' })];
    expect(order(viewOf(jobs), book(ledger, 'a', 1, 50))).toEqual(['b1', 'a1']);
    expect(order(viewOf([heldJob('a0'), ...jobs]))).toEqual(['b1', 'a1']);
  });

  test('a thousand submissions do not move the job of another team', () => {
    const flood = Array.from({ length: 1000 }, (_, index) => waitingJob(`a${index}`, { queuedAtMs: index }));
    expect(order(viewOf([...flood, waitingJob('b', { team: 'b' })])).indexOf('b')).toBe(1);
  });

  test('a team that its own limit keeps from running gathers no credit', () => {
    const view = viewOf([waitingJob('a'), waitingJob('b', { team: 'b' })], {
      cluster: { places: 0 },
      teams: { b: { paused: true } },
    });
    const after = queueUp(ledger, view, decide(view).line, defaultSettings);
    expect([...after.places.hungry]).toEqual(['a']);
  });
});

describe('admission', () => {
  test('as many as there are places', () => {
    expect(decide(viewOf(['1', '2', '3'].map((id) => waitingJob(id)))).admit).toEqual(['1', '2']);
    expect(decide(viewOf([heldJob('h'), waitingJob('1'), waitingJob('2')])).admit).toEqual(['1']);
  });

  test('more held jobs than places admit nobody', () => {
    const jobs = [heldJob('h'), heldJob('i'), heldJob('j'), waitingJob('1')];
    expect(decide(viewOf(jobs)).admit).toEqual([]);
  });

  test('one place of four is kept for a team that holds none', () => {
    const own = ['1', '2', '3', '4'].map((id) => waitingJob(id));
    const changes = { cluster: { places: 4 }, teams: { b: {} } };
    expect(decide(viewOf(own, changes)).admit).toEqual(['1', '2', '3']);
    const newcomer = waitingJob('b', { team: 'b', queuedAtMs: nowMs });
    const held = own.slice(0, 3).map(({ id }) => heldJob(id));
    expect(decide(viewOf([...held, own[3]!, newcomer], changes)).admit).toEqual(['b']);
    expect(decide(viewOf(own, { cluster: { places: 4 } })).admit).toHaveLength(4);
  });

  test('a small job passes a large one, but not for ever', () => {
    const jobs = [heldJob('h', { memoryBytes: 500 }), waitingJob('large', { memoryBytes: 600 })];
    const small = waitingJob('small', { queuedAtMs: nowMs });
    expect(decide(viewOf([...jobs, small])).admit).toEqual(['small']);
    const later = viewOf([...jobs, small], { nowMs: nowMs + 300_001 });
    expect(reasons(later)).toEqual({ large: 'memory-taken', small: 'memory-taken' });
  });

  test('memory that a claim has not taken yet is taken', () => {
    const jobs = [heldJob('h', { server: null, memoryBytes: 950 }), waitingJob('1')];
    expect(reasons(viewOf(jobs))).toEqual({ 1: 'memory-taken' });
  });
});

const situations: Record<(typeof waitingReasons)[number], [SchedulingView, Ledger?]> = (() => {
  const one = (changes: ViewChanges) => viewOf([waitingJob('x')], changes);
  const full = [heldJob('h'), heldJob('i', { team: 'b' })];
  return {
    starting: [one({})],
    maintenance: [one({ cluster: { paused: true } })],
    'team-paused': [one({ teams: { a: { paused: true } } })],
    'budget-spent': [one({ teams: { a: { budgetWorkerSeconds: 7 } } }), book(ledger, 'a', 1, 7)],
    'storage-full': [one({ teams: { a: { storedBytesLimit: 5, storedBytes: 5 } } })],
    'no-server': [one({ cluster: { servers: [] } })],
    'too-large': [viewOf([waitingJob('x', { memoryBytes: 1001 })])],
    'no-worker': [one({ cluster: { workers: 0 } })],
    'running-limit': [viewOf([heldJob('h'), waitingJob('x')], { teams: { a: { runningLimit: 1 } } })],
    'memory-taken': [viewOf([heldJob('h', { memoryBytes: 901 }), waitingJob('x')])],
    'behind-own-jobs': [viewOf([...full, waitingJob('w', { priority: 1 }), waitingJob('x')])],
    'behind-other-teams': [viewOf([...full, waitingJob('w', { team: 'c' }), waitingJob('x')])],
    'place-kept': [
      viewOf([heldJob('g'), heldJob('h'), heldJob('i'), waitingJob('x')], {
        cluster: { places: 4 },
        teams: { b: {} },
      }),
    ],
    'places-taken': [viewOf([...full, waitingJob('x')])],
  };
})();

describe('reasons', () => {
  test.each(waitingReasons)('%s is reached', (reason) => {
    const [view, books] = situations[reason];
    expect(reasons(view, books).x).toBe(reason);
  });
});
