import { decideAdmission } from './admission.ts';
import { groupBy, sum } from './group-by.ts';
import { advance, book, type Ledger } from './ledger.ts';
import { ownOrder } from './line.ts';
import type { SchedulingSettings } from './settings.ts';
import { type SchedulingJob, type SchedulingView, settingsOf } from './view.ts';
import { workerRates } from './worker-rates.ts';

/** `null`: beyond what is looked at, or it depends on a job whose length nobody knows. */
export interface Foreseen {
  readonly startMs: number | null;
  readonly finishMs: number | null;
}

/** Starts, ends and yields that are looked at. */
const mostEvents = 500;
/** Of each team so many waiting jobs stand in line at an event; one that none of them can use goes unforeseen. */
const inLine = 4;

/**
 * What happens if nothing is submitted and every estimate is right: the same admission, with workers shared out as a
 * fluid between its decisions. With hundreds of teams that wait it takes a second: it stops after each event, so that who
 * runs it can do something else in between.
 */
export function* forecastInSteps(
  view: SchedulingView,
  ledger: Ledger,
  settings: SchedulingSettings,
): Generator<void, Map<string, Foreseen>> {
  const starts = new Map<string, number>();
  const finishes = new Map<string, number>();
  let now = view.nowMs;
  // What leaves has left, as far as anybody can tell, and does not come back.
  let held = view.jobs.filter(({ state }) => state === 'held');
  const waiting = groupBy(
    view.jobs.filter(({ state }) => state === 'waiting'),
    ({ team }) => team,
  );
  for (const own of waiting.values()) {
    own.sort(ownOrder);
    yield;
  }
  let books = ledger;
  for (const job of held) starts.set(job.id, job.heldSinceMs ?? now);

  for (let event = 0; event < mostEvents && held.length + waiting.size > 0; event++) {
    yield;
    const fronts = [...waiting.values()].flatMap((own) => own.slice(0, inLine));
    const present = { ...view, nowMs: now, jobs: [...held, ...fronts] };
    const { admit, release } = decideAdmission(present, books, settings);
    const released = new Map(release.map(({ job, cause }) => [job, cause]));
    if (released.size > 0) {
      for (const job of held.filter(({ id }) => released.get(id) === 'over-share')) comeBack(waiting, job);
      held = held.filter(({ id }) => !released.has(id));
      continue;
    }
    const admitted = new Set(admit);
    for (const job of fronts.filter(({ id }) => admitted.has(id))) {
      leave(waiting, job);
      held.push({ ...job, state: 'held', heldSinceMs: now, updatedAtMs: null });
      if (!starts.has(job.id)) starts.set(job.id, now);
    }
    // More of a team than stood in line may have had their turn.
    if (admitted.size > 1) continue;
    const rates = workerRates(view, held);
    const aheadMs = Math.min(
      ...held.map((job) => msToFinish(job, rates)),
      ...(waiting.size > 0 ? held.map((job) => msToTenure(job, now, settings)) : []),
    );
    if (!Number.isFinite(aheadMs)) break;
    now += aheadMs;
    for (const [team, own] of groupBy(held, (job) => job.team)) {
      const seconds = sum(own.map(({ id }) => (rates.get(id)! * aheadMs) / 1000));
      books = book(books, team, settingsOf(view, team).weight, seconds);
    }
    books = advance(books, now, settings);
    held = held.map((job) => ({ ...afterWork(job, rates.get(job.id)!, aheadMs), updatedAtMs: now }));
    const isDone = (job: SchedulingJob) => (job.remainingWorkerSeconds ?? 1) <= 1e-9;
    for (const job of held.filter(isDone)) finishes.set(job.id, now);
    held = held.filter((job) => !isDone(job));
  }
  return new Map(
    view.jobs.map(({ id }) => [id, { startMs: starts.get(id) ?? null, finishMs: finishes.get(id) ?? null }]),
  );
}

/** The same at once. */
export function forecast(
  view: SchedulingView,
  ledger: Ledger,
  settings: SchedulingSettings,
): Map<string, Foreseen> {
  const steps = forecastInSteps(view, ledger, settings);
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}

type WaitingByTeam = Map<string, SchedulingJob[]>;

function comeBack(waiting: WaitingByTeam, job: SchedulingJob): void {
  const back: SchedulingJob = { ...job, state: 'waiting', heldSinceMs: null, server: null };
  waiting.set(job.team, [...(waiting.get(job.team) ?? []), back].sort(ownOrder));
}

function leave(waiting: WaitingByTeam, job: SchedulingJob): void {
  const others = waiting.get(job.team)!.filter(({ id }) => id !== job.id);
  if (others.length === 0) waiting.delete(job.team);
  else waiting.set(job.team, others);
}

function msToFinish(job: SchedulingJob, rates: ReadonlyMap<string, number>): number {
  const rate = rates.get(job.id) ?? 0;
  if (rate === 0 || job.remainingWorkerSeconds === null) return Number.POSITIVE_INFINITY;
  return (job.remainingWorkerSeconds / rate) * 1000;
}

function msToTenure(job: SchedulingJob, nowMs: number, settings: SchedulingSettings): number {
  const left = (job.heldSinceMs ?? nowMs) + settings.tenureSeconds * 1000 - nowMs;
  return left > 0 ? left : Number.POSITIVE_INFINITY;
}

function afterWork(job: SchedulingJob, rate: number, ms: number): SchedulingJob {
  if (job.remainingWorkerSeconds === null) return job;
  return { ...job, remainingWorkerSeconds: job.remainingWorkerSeconds - (rate * ms) / 1000 };
}
