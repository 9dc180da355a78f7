import type { Waiting, WaitingReason, WhatIf, WhatIfChange } from '@descent/contracts';
import { decideAdmission } from './admission.ts';
import { type Foreseen, forecastInSteps } from './forecast.ts';
import type { Ledger } from './ledger.ts';
import type { SchedulingSettings } from './settings.ts';
import { teamShares } from './team-shares.ts';
import type { SchedulingJob, SchedulingView } from './view.ts';
import { applyChange, changeInWords, type ForeseenChange, helpfulChange } from './what-if.ts';

export interface Outlook {
  /** Place in the line of all that wait, from 1; null: it does not wait. */
  place(job: string): number | null;
  /** Why this job waits; null: it does not. */
  waiting(job: string): Promise<Waiting | null>;
  /** When a job will be done; null: unknown. */
  estimatedFinish(job: string): Promise<string | null>;
}

/** Runs something long to its end; what else is done between its steps is the caller's choice. */
export type Pace = <Result>(steps: Generator<void, Result>) => Promise<Result>;

/** Everything that may be asked about one view; forecasts are made when first needed, and shared. */
export function createOutlook(
  view: SchedulingView,
  ledger: Ledger,
  settings: SchedulingSettings,
  pace: Pace,
): Outlook {
  const { line } = decideAdmission(view, ledger, settings);
  const places = new Map(line.map(({ job }, index) => [job.id, index]));
  const shares = teamShares(view, ledger);
  const forecasts = new Map<string, Promise<ReadonlyMap<string, Foreseen>>>();
  const foresee = (key: string, changed: () => SchedulingView) => {
    const known = forecasts.get(key) ?? pace(forecastInSteps(changed(), ledger, settings));
    forecasts.set(key, known);
    return known;
  };
  const asIs = async (job: string) => (await foresee('', () => view)).get(job);

  /** The start of a team's first job does not depend on which job that is. */
  const startOfFirst = async (team: string) =>
    (await asIs(line.find(({ job }) => job.team === team)!.job.id))?.startMs;
  const startWith = async (job: SchedulingJob, change: WhatIfChange) => {
    if (change === 'first-in-team') return startOfFirst(job.team);
    const key = `${change} ${sharedBy(job, change)}`;
    return (await foresee(key, () => applyChange(view, job.team, change))).get(job.id)?.startMs;
  };

  const whatIf = async (
    job: SchedulingJob,
    reason: WaitingReason,
    startMs: number | null,
  ): Promise<WhatIf | null> => {
    const change = helpfulChange[reason];
    if (change === null) return null;
    const thenMs = (await startWith(job, change)) ?? null;
    if (thenMs === null || (startMs !== null && thenMs >= startMs)) return null;
    const when = thenMs <= view.nowMs ? 'now' : `in ${inWords(thenMs - view.nowMs)}`;
    return {
      change,
      estimatedStart: toTime(thenMs),
      message: `${changeInWords[change]} it would start ${when}`,
    };
  };

  return {
    place(id) {
      const index = places.get(id);
      return index === undefined ? null : index + 1;
    },
    async waiting(id) {
      const index = places.get(id);
      if (index === undefined) return null;
      const { job, reason } = line[index]!;
      const share = shares.get(job.team)!;
      const startMs = (await asIs(id))?.startMs ?? null;
      const before = line.slice(0, index);
      return {
        reason,
        message: reasonInWords(reason, index, share.used / share.entitled),
        position: {
          team: 1 + before.filter(({ job: one }) => one.team === job.team).length,
          whole: index + 1,
        },
        ahead: index,
        estimatedStart: toTimeOrNull(startMs),
        whatIf: await whatIf(job, reason, startMs),
      };
    },
    estimatedFinish: async (id) => toTimeOrNull((await asIs(id))?.finishMs ?? null),
  };
}

/** Changes to the installation are the same for everybody, changes to a team for its jobs. */
function sharedBy(job: SchedulingJob, change: ForeseenChange): string {
  switch (change) {
    case 'maintenance-over':
    case 'worker-added':
    case 'place-added':
    case 'server-added':
    case 'memory-free':
      return '';
    case 'team-resumed':
    case 'budget-raised':
    case 'storage-freed':
    case 'running-limit-raised':
      return job.team;
    default:
      return change satisfies never;
  }
}

function reasonInWords(reason: WaitingReason, ahead: number, usedOfShare: number): string {
  const jobsAhead = ahead === 0 ? 'Next in line' : `${ahead} ${ahead === 1 ? 'job' : 'jobs'} ahead`;
  const turn = `${jobsAhead}; your team used ${Math.round(usedOfShare * 100)} % of its share`;
  switch (reason) {
    case 'starting':
      return 'Its turn has come: a parameter server is about to take it';
    case 'maintenance':
      return 'Staff have paused the installation';
    case 'team-paused':
      return 'Staff have paused your team';
    case 'budget-spent':
      return 'Your team has spent its budget of worker-seconds';
    case 'storage-full':
      return 'Your team’s files take all the room they may';
    case 'no-server':
      return 'No parameter server is there';
    case 'too-large':
      return 'It needs more memory than any parameter server has';
    case 'no-worker':
      return 'No worker is there';
    case 'running-limit':
      return 'Your team runs as many jobs as it may';
    case 'behind-own-jobs':
      return `${turn}; your own jobs come first`;
    case 'behind-other-teams':
    case 'places-taken':
      return turn;
    case 'place-kept':
      return `${turn}; the last place is kept for a team that runs nothing`;
    case 'memory-taken':
      return 'No parameter server has enough free memory at the moment';
    default:
      return reason satisfies never;
  }
}

function inWords(ms: number): string {
  const seconds = Math.max(1, Math.round(ms / 1000));
  return seconds < 120 ? `${seconds} s` : `${Math.round(seconds / 60)} min`;
}

function toTime(ms: number): string {
  return new Date(Math.round(ms)).toISOString();
}

function toTimeOrNull(ms: number | null): string | null {
  return ms === null ? null : toTime(ms);
}
