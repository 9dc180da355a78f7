import type { QueuedState } from '@descent/queue';
import type { ActiveJob } from '@descent/storage';
import { isHeld } from '../jobs/job-state.ts';

/** What was put on the queue for a job. Kept in memory only: the database says what should be there. */
export interface Offer {
  readonly id: string;
  readonly incarnation: number;
  readonly attempt: number;
  /** Since when a parameter server has had it without claiming the job. */
  readonly takenAtMs: number | null;
}

export type DispatchedJob = Pick<ActiveJob, 'id' | 'state' | 'incarnation' | 'heardAtMs'>;

export interface DispatcherView {
  /** Held jobs, and of those that wait the ones whose turn it is; first come first. */
  readonly jobs: readonly DispatchedJob[];
  readonly offers: ReadonlyMap<string, Offer>;
  /** Of the offers' ids, those that wait or run; null while the queue cannot be reached. */
  readonly queue: ReadonlyMap<string, QueuedState> | null;
  readonly nowMs: number;
  /** Reports that could not reach us while we were down are no silence. */
  readonly startedAtMs: number;
  /** Ids of the queued jobs whose turn it is. */
  readonly admit: readonly string[];
  readonly silenceMs: number;
}

export type DispatcherAction =
  | { readonly type: 'lose'; readonly jobId: string; readonly heardAtMs: number }
  | { readonly type: 'offer'; readonly jobId: string; readonly offer: Offer; readonly cause: OfferCause }
  | { readonly type: 'note'; readonly jobId: string; readonly offer: Offer }
  | { readonly type: 'withdraw'; readonly jobId: string; readonly id: string };
/** `unclaimed`: a server took it from the queue and died before it claimed the job. */
export type OfferCause = 'admitted' | 'lost' | 'unclaimed';

/** BullMQ needs up to a minute to see that a server died; a claim takes milliseconds. */
const unclaimedMs = 5000;

export function decide(view: DispatcherView): DispatcherAction[] {
  const { queue } = view;
  const losses = view.jobs
    .filter((job) => isSilent(job, view))
    .map((job) => ({ type: 'lose' as const, jobId: job.id, heardAtMs: job.heardAtMs ?? 0 }));
  if (queue === null) return losses;
  const turns = new Set(view.admit);
  const admitted = view.jobs.filter(({ id, state }) => state === 'queued' && turns.has(id));
  return [
    ...losses,
    ...withdrawals(view.offers, admitted),
    ...admitted.flatMap((job) => offerFor(job, view.offers.get(job.id), queue, view.nowMs)),
  ];
}

function isSilent(job: DispatchedJob, view: DispatcherView): boolean {
  const heardAtMs = Math.max(job.heardAtMs ?? 0, view.startedAtMs);
  return isHeld(job.state) && view.nowMs - heardAtMs > view.silenceMs;
}

function withdrawals(
  offers: DispatcherView['offers'],
  admitted: readonly DispatchedJob[],
): DispatcherAction[] {
  const wanted = new Map(admitted.map((job) => [job.id, job.incarnation]));
  return [...offers]
    .filter(([jobId, offer]) => wanted.get(jobId) !== offer.incarnation)
    .map(([jobId, offer]) => ({ type: 'withdraw', jobId, id: offer.id }));
}

function offerFor(
  job: DispatchedJob,
  offer: Offer | undefined,
  queue: ReadonlyMap<string, QueuedState>,
  nowMs: number,
): DispatcherAction[] {
  if (offer === undefined || offer.incarnation !== job.incarnation) {
    return [{ type: 'offer', jobId: job.id, offer: makeOffer(job, 0), cause: 'admitted' }];
  }
  switch (queue.get(offer.id)) {
    case 'waiting':
      return offer.takenAtMs === null ? [] : [note(job, { ...offer, takenAtMs: null })];
    case 'active': {
      if (offer.takenAtMs === null) return [note(job, { ...offer, takenAtMs: nowMs })];
      if (nowMs - offer.takenAtMs <= unclaimedMs) return [];
      return [{ type: 'offer', jobId: job.id, offer: makeOffer(job, offer.attempt + 1), cause: 'unclaimed' }];
    }
    case undefined:
      return [{ type: 'offer', jobId: job.id, offer: makeOffer(job, offer.attempt + 1), cause: 'lost' }];
  }
}

function note(job: DispatchedJob, offer: Offer): DispatcherAction {
  return { type: 'note', jobId: job.id, offer };
}

/** The incarnation that a claim would give is part of the id: a dead server's job, still held by the queue, is another. */
export function makeOffer(job: Pick<ActiveJob, 'id' | 'incarnation'>, attempt: number): Offer {
  const suffix = attempt === 0 ? '' : `.${attempt}`;
  return {
    id: `${job.id}.${job.incarnation + 1}${suffix}`,
    incarnation: job.incarnation,
    attempt,
    takenAtMs: null,
  };
}
