import { groupBy } from './group-by.ts';
import type { Ledger } from './ledger.ts';
import type { SchedulingSettings } from './settings.ts';
import { passOf } from './standing.ts';
import { type SchedulingJob, type SchedulingView, settingsOf } from './view.ts';

/**
 * The waiting jobs in the order of their turns. A team's next turn is tagged
 * pass + (work left in its jobs with a place + work of its jobs ahead) ÷ weight, the smallest tag goes first.
 * While a job computes its work left falls as its team's pass grows: tags stand still, so the order can be foreseen.
 */
export function lineUp(view: SchedulingView, ledger: Ledger, settings: SchedulingSettings): SchedulingJob[] {
  const work = (job: SchedulingJob) => job.remainingWorkerSeconds ?? settings.jobSeconds;
  const tagged = [...groupBy(view.jobs, ({ team }) => team)].flatMap(([team, jobs]) => {
    const { weight } = settingsOf(view, team);
    let tag = passOf(ledger.places, team, weight, settings.placeCreditSeconds);
    for (const job of jobs) if (job.state !== 'waiting') tag += work(job) / weight;
    const waiting = jobs.filter(({ state }) => state === 'waiting').sort(ownOrder);
    return waiting.map((job) => {
      const own = { job, tag };
      tag += work(job) / weight;
      return own;
    });
  });
  return tagged.sort((a, b) => a.tag - b.tag || firstCome(a.job, b.job)).map(({ job }) => job);
}

/** Places by team, those about to be given back included. */
export function heldByTeam(jobs: readonly SchedulingJob[]): Map<string, number> {
  const held = groupBy(
    jobs.filter(({ state }) => state !== 'waiting'),
    ({ team }) => team,
  );
  return new Map([...held].map(([team, own]) => [team, own.length]));
}

/** Inside a team: its own priorities, then first come. */
export function ownOrder(a: SchedulingJob, b: SchedulingJob): number {
  return b.priority - a.priority || firstCome(a, b);
}

function firstCome(a: SchedulingJob, b: SchedulingJob): number {
  return a.queuedAtMs - b.queuedAtMs || (a.id < b.id ? -1 : 1);
}
