import { decideAdmission } from './admission.ts';
import { groupBy } from './group-by.ts';
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
const mostEvents = 1000;
/** Waiting jobs of a team that are looked at. */
const deepest = 50;

/**
 * What happens if nothing is submitted and every estimate is right: the same admission, with workers shared out as a
 * fluid between its decisions. Costs about (waiting jobs)² steps: call it once for a view, not once per request.
 */
export function forecast(
  view: SchedulingView,
  ledger: Ledger,
  settings: SchedulingSettings,
): Map<string, Foreseen> {
  const starts = new Map<string, number>();
  const finishes = new Map<string, number>();
  const foreseen = () =>
    new Map(
      view.jobs.map(({ id }) => [
        id,
        { startMs: starts.get(id) ?? null, finishMs: finishes.get(id) ?? null },
      ]),
    );
  let now = view.nowMs;
  let jobs = frontOfLine(view.jobs);
  let books = ledger;
  for (const job of jobs) if (job.state === 'held') starts.set(job.id, job.heldSinceMs ?? now);

  for (let event = 0; event < mostEvents && jobs.length > 0; event++) {
    const present = { ...view, nowMs: now, jobs };
    const { admit, release } = decideAdmission(present, books, settings);
    for (const id of admit) if (!starts.has(id)) starts.set(id, now);
    const released = new Map(release.map(({ job, cause }) => [job, cause]));
    if (released.size > 0) {
      jobs = jobs.flatMap((job) => afterRelease(job, released.get(job.id)));
      continue;
    }
    const admitted = new Set(admit);
    jobs = jobs.map((job) =>
      admitted.has(job.id) ? { ...job, state: 'held', heldSinceMs: now, updatedAtMs: null } : job,
    );
    const held = jobs.filter(({ state }) => state === 'held');
    const rates = workerRates(view, held);
    const aheadMs = Math.min(
      ...held.map((job) => msToFinish(job, rates)),
      ...(held.length < jobs.length ? held.map((job) => msToTenure(job, now, settings)) : []),
    );
    if (!Number.isFinite(aheadMs)) break;
    now += aheadMs;
    for (const [team, own] of groupBy(held, (job) => job.team)) {
      const seconds = own.reduce((total, { id }) => total + (rates.get(id)! * aheadMs) / 1000, 0);
      books = book(books, team, settingsOf(view, team).weight, seconds);
    }
    books = advance(books, now, settings);
    jobs = jobs.flatMap((job) => {
      const left = afterWork(job, rates.get(job.id), aheadMs);
      if (left.remainingWorkerSeconds !== null && left.remainingWorkerSeconds <= 1e-9) {
        finishes.set(job.id, now);
        return [];
      }
      return [left.state === 'held' ? { ...left, updatedAtMs: now } : left];
    });
  }
  return foreseen();
}

function frontOfLine(jobs: readonly SchedulingJob[]): SchedulingJob[] {
  // What leaves has left, as far as anybody can tell, and does not come back.
  const held = jobs.filter(({ state }) => state === 'held');
  const waiting = groupBy(
    jobs.filter(({ state }) => state === 'waiting'),
    ({ team }) => team,
  );
  return [...held, ...[...waiting.values()].flatMap((own) => own.sort(ownOrder).slice(0, deepest))];
}

function afterRelease(job: SchedulingJob, cause: string | undefined): SchedulingJob[] {
  if (cause === undefined) return [job];
  return cause === 'over-share' ? [{ ...job, state: 'waiting', heldSinceMs: null, server: null }] : [];
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

function afterWork(job: SchedulingJob, rate: number | undefined, ms: number): SchedulingJob {
  if (rate === undefined || job.remainingWorkerSeconds === null) return job;
  return { ...job, remainingWorkerSeconds: job.remainingWorkerSeconds - (rate * ms) / 1000 };
}
