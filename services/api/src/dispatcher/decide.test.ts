import type { QueuedState } from '@descent/queue';
import type { ActiveJob } from '@descent/storage';
import { describe, expect, test } from 'vitest';
import { type DispatcherView, decide, makeOffer, type Offer } from './decide.ts';

const job = (id: string, more: Partial<ActiveJob> = {}): ActiveJob => ({
  id,
  teamId: 'team',
  priority: 0,
  workers: 0,
  etaSeconds: null,
  state: 'queued',
  wanted: 'run',
  incarnation: 0,
  server: null,
  heardAtMs: null,
  queuedAtMs: 0,
  done: 0,
  heldAtMs: null,
  progressedAtMs: null,
  serverBytes: 0,
  flops: null,
  maxWorkers: 1,
  ...more,
});
const held = (id: string, heardAtMs: number) =>
  job(id, { state: 'running', incarnation: 1, server: 'ps', heardAtMs });

const view = (jobs: ActiveJob[], more: Partial<DispatcherView> = {}): DispatcherView => ({
  jobs,
  offers: new Map(),
  queue: new Map(),
  nowMs: 100_000,
  startedAtMs: 0,
  admit: jobs.map(({ id }) => id),
  silenceMs: 3000,
  ...more,
});
const offered = (one: ActiveJob, more: Partial<Offer> = {}) =>
  new Map([[one.id, { ...makeOffer(one, 0), ...more }]]);
const queued = (id: string, state: QueuedState) => new Map([[id, state]]);

describe('offers', () => {
  test('only those whose turn it is are offered', () => {
    const jobs = [job('a'), job('b'), held('r', 100_000)];
    expect(decide(view(jobs, { admit: ['b', 'r'] }))).toMatchObject([{ type: 'offer', jobId: 'b' }]);
  });

  test('an admitted job goes on the queue under the incarnation that a claim would give', () => {
    const [action] = decide(view([job('a', { incarnation: 4 })]));
    expect(action).toEqual({
      type: 'offer',
      jobId: 'a',
      cause: 'admitted',
      offer: { id: 'a.5', incarnation: 4, attempt: 0, takenAtMs: null },
    });
  });

  test('what waits on the queue is left alone', () => {
    const a = job('a');
    expect(decide(view([a], { offers: offered(a), queue: queued('a.1', 'waiting') }))).toEqual([]);
  });

  test('what the queue lost is put back', () => {
    const a = job('a');
    expect(decide(view([a], { offers: offered(a) }))).toMatchObject([
      { type: 'offer', cause: 'lost', offer: { id: 'a.1.1', attempt: 1 } },
    ]);
  });

  test('a server that took the job and died before its claim is waited for 5 s', () => {
    const a = job('a');
    const taken = view([a], { offers: offered(a), queue: queued('a.1', 'active') });
    expect(decide(taken)).toMatchObject([{ type: 'note', offer: { takenAtMs: 100_000 } }]);
    const later = (nowMs: number) => decide({ ...taken, offers: offered(a, { takenAtMs: 100_000 }), nowMs });
    expect(later(105_000)).toEqual([]);
    expect(later(105_001)).toMatchObject([{ type: 'offer', cause: 'unclaimed', offer: { id: 'a.1.1' } }]);
  });

  test('a claimed, ended or no longer admitted job is withdrawn', () => {
    const a = job('a');
    const running = held('a', 100_000);
    expect(decide(view([running], { offers: offered(a) }))).toEqual([
      { type: 'withdraw', jobId: 'a', id: 'a.1' },
    ]);
    expect(decide(view([], { offers: offered(a) }))).toEqual([{ type: 'withdraw', jobId: 'a', id: 'a.1' }]);
  });

  test('a job that is back in the line with a higher incarnation is offered anew', () => {
    const before = job('a');
    const after = job('a', { incarnation: 1 });
    expect(decide(view([after], { offers: offered(before), queue: queued('a.1', 'active') }))).toMatchObject([
      { type: 'withdraw', id: 'a.1' },
      { type: 'offer', offer: { id: 'a.2' } },
    ]);
  });
});

describe('silence', () => {
  test('a server is lost after more than 3 s', () => {
    expect(decide(view([held('a', 97_000)]))).toEqual([]);
    expect(decide(view([held('a', 96_999)]))).toEqual([{ type: 'lose', jobId: 'a', heardAtMs: 96_999 }]);
  });

  test('the time in which the api was down is no silence', () => {
    expect(decide(view([held('a', 10_000)], { startedAtMs: 98_000 }))).toEqual([]);
  });

  test('it is noticed while the queue cannot be reached', () => {
    expect(decide(view([held('a', 0), job('b')], { queue: null }))).toEqual([
      { type: 'lose', jobId: 'a', heardAtMs: 0 },
    ]);
  });
});
