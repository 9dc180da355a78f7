import type { WaitingReason } from '@descent/contracts';
import { accountOf, type Ledger } from './ledger.ts';
import { heldByTeam, lineUp } from './line.ts';
import { type Release, releases } from './releases.ts';
import { measureMemory } from './server-memory.ts';
import type { SchedulingSettings } from './settings.ts';
import { type SchedulingJob, type SchedulingView, settingsOf } from './view.ts';

export interface Admission {
  /** In the order of their turns. */
  readonly admit: readonly string[];
  /** Jobs that should give their places back. */
  readonly release: readonly Release[];
  /** All waiting jobs in the order of their turns, those admitted included. */
  readonly line: readonly InLine[];
}

export interface InLine {
  readonly job: SchedulingJob;
  readonly reason: WaitingReason;
}

/**
 * Who gets a place now, who gives one back, and why the others wait. The line is walked in order; what keeps a job from
 * starting that is its own (a limit of its team, its memory) lets those behind it pass.
 */
export function decideAdmission(
  view: SchedulingView,
  ledger: Ledger,
  settings: SchedulingSettings,
): Admission {
  const held = heldByTeam(view.jobs);
  const memory = measureMemory(view);
  let free = view.cluster.places - [...held.values()].reduce((total, count) => total + count, 0);
  const kept = view.teams.size > 1 ? Math.floor(view.cluster.places / settings.placesPerKept) : 0;
  /** Teams of the jobs that wait only for a place, in order. */
  const behind = new Set<string>();

  const reasonFor = (job: SchedulingJob): WaitingReason => {
    const own = whyNotYet(job, view, ledger, memory.largestServerBytes);
    if (own !== null) return own;
    const places = held.get(job.team) ?? 0;
    if (places >= (settingsOf(view, job.team).runningLimit ?? Number.POSITIVE_INFINITY))
      return 'running-limit';
    if (!memory.fits(job.memoryBytes)) {
      if (view.nowMs - job.queuedAtMs > settings.patienceSeconds * 1000) memory.keepFor(job.memoryBytes);
      return 'memory-taken';
    }
    if (free > kept || (free > 0 && places === 0)) return 'starting';
    if (behind.has(job.team)) return 'behind-own-jobs';
    if (behind.size > 0) return 'behind-other-teams';
    return free > 0 ? 'place-kept' : 'places-taken';
  };

  const line = lineUp(view, ledger, settings).map((job) => {
    const reason = reasonFor(job);
    if (reason === 'starting') {
      free--;
      held.set(job.team, (held.get(job.team) ?? 0) + 1);
      memory.take(job.memoryBytes);
    } else if (waitsForPlace.has(reason)) behind.add(job.team);
    return { job, reason };
  });
  return {
    admit: line.filter(({ reason }) => reason === 'starting').map(({ job }) => job.id),
    release: releases(view, ledger, line, settings),
    line,
  };
}

const waitsForPlace: ReadonlySet<WaitingReason> = new Set([
  'behind-own-jobs',
  'behind-other-teams',
  'place-kept',
  'places-taken',
]);

/** What no turn would change. */
function whyNotYet(
  job: SchedulingJob,
  { cluster, teams }: SchedulingView,
  ledger: Ledger,
  largestServerBytes: number,
): WaitingReason | null {
  const team = teams.get(job.team);
  if (cluster.paused) return 'maintenance';
  if (team?.paused) return 'team-paused';
  if (accountOf(ledger, job.team).spent >= (team?.budgetWorkerSeconds ?? Number.POSITIVE_INFINITY))
    return 'budget-spent';
  if ((team?.storedBytes ?? 0) >= (team?.storedBytesLimit ?? Number.POSITIVE_INFINITY)) return 'storage-full';
  if (cluster.servers.length === 0) return 'no-server';
  if (job.memoryBytes > largestServerBytes) return 'too-large';
  if (cluster.workers === 0) return 'no-worker';
  return null;
}
