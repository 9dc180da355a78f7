import type { WaitingReason } from '@descent/contracts';
import { groupBy, sum } from './group-by.ts';
import { accountOf, type Ledger } from './ledger.ts';
import { heldByTeam } from './line.ts';
import type { SchedulingSettings } from './settings.ts';
import { type SchedulingJob, type SchedulingView, settingsOf } from './view.ts';

/**
 * Why a job should give its place back. After `idle` and `diverged` it is paused (its team must look at it); after the
 * others it writes a checkpoint and waits in line again.
 */
export const releaseCauses = [
  'maintenance',
  'team-paused',
  'budget-spent',
  'diverged',
  'idle',
  'over-share',
] as const;
export type ReleaseCause = (typeof releaseCauses)[number];

export interface Release {
  readonly job: string;
  readonly cause: ReleaseCause;
}

export function releases(
  view: SchedulingView,
  ledger: Ledger,
  line: readonly { readonly job: SchedulingJob; readonly reason: WaitingReason }[],
  settings: SchedulingSettings,
): Release[] {
  const held = view.jobs.filter(({ state }) => state === 'held');
  const others = line.some(({ reason }) => waitsForRoom.has(reason));
  const own = held.flatMap((job) => {
    const cause = causeOf(job, view, ledger, others, settings);
    return cause === null ? [] : [{ job: job.id, cause }];
  });
  if (own.length > 0) return own;
  return yieldToNewcomers(view, line, settings).map((job) => ({ job, cause: 'over-share' as const }));
}

/** What would start as soon as somebody left. */
export const waitsForRoom: ReadonlySet<WaitingReason> = new Set([
  'behind-own-jobs',
  'behind-other-teams',
  'place-kept',
  'places-taken',
  'memory-taken',
]);

function causeOf(
  job: SchedulingJob,
  view: SchedulingView,
  ledger: Ledger,
  others: boolean,
  settings: SchedulingSettings,
): ReleaseCause | null {
  const team = settingsOf(view, job.team);
  if (view.cluster.paused) return 'maintenance';
  if (team.paused) return 'team-paused';
  const { spent } = accountOf(ledger, job.team);
  if (team.budgetWorkerSeconds !== null && spent >= team.budgetWorkerSeconds) return 'budget-spent';
  if (job.diverged) return 'diverged';
  const lastMs = job.updatedAtMs ?? job.heldSinceMs ?? view.nowMs;
  const isIdle = view.nowMs - lastMs > settings.idleSeconds * 1000;
  return others && view.cluster.workers > 0 && isIdle ? 'idle' : null;
}

/**
 * The youngest job of the team that holds most beyond its part of the places, for each team that waits only for a place
 * and holds none. Without this, long jobs that came first would keep the others out for hours.
 */
function yieldToNewcomers(
  view: SchedulingView,
  line: readonly { readonly job: SchedulingJob; readonly reason: WaitingReason }[],
  settings: SchedulingSettings,
): string[] {
  const places = heldByTeam(view.jobs);
  const newcomers = new Set(
    line
      .filter(({ job, reason }) => wantsPlace.has(reason) && !places.has(job.team))
      .map(({ job }) => job.team),
  );
  const leaving = view.jobs.filter(({ state }) => state === 'leaving').length;
  const rivals = new Set([...places.keys(), ...newcomers]);
  const weights = sum([...rivals].map((team) => settingsOf(view, team).weight));
  const part = (team: string) =>
    Math.max(1, Math.floor((view.cluster.places * settingsOf(view, team).weight) / weights));
  const settled = groupBy(
    view.jobs
      .filter((job) => job.state === 'held' && job.heldSinceMs !== null)
      .filter((job) => view.nowMs - job.heldSinceMs! >= settings.tenureSeconds * 1000)
      .sort((a, b) => a.priority - b.priority || b.heldSinceMs! - a.heldSinceMs!),
    ({ team }) => team,
  );
  const yielding: string[] = [];
  for (let wanted = newcomers.size - leaving; wanted > 0; wanted--) {
    const excess = (team: string) => (places.get(team) ?? 0) - part(team);
    const [team] = [...settled.keys()]
      .filter((one) => excess(one) > 0 && settled.get(one)!.length > 0)
      .sort((a, b) => excess(b) - excess(a) || (a < b ? -1 : 1));
    if (team === undefined) break;
    yielding.push(settled.get(team)!.shift()!.id);
    places.set(team, places.get(team)! - 1);
  }
  return yielding;
}

const wantsPlace: ReadonlySet<WaitingReason> = new Set(['behind-other-teams', 'places-taken']);
