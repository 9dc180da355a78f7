import { type SchedulingJob, type SchedulingView, type TeamSettings, unlimitedTeam } from './view.ts';

export const nowMs = 1_000_000;

/** A job of team `a` that waits since 10 s, unless said otherwise. */
export function waitingJob(id: string, more: Partial<SchedulingJob> = {}): SchedulingJob {
  return {
    id,
    team: 'a',
    priority: 0,
    state: 'waiting',
    queuedAtMs: nowMs - 10_000,
    heldSinceMs: null,
    server: null,
    memoryBytes: 100,
    remainingWorkerSeconds: 100,
    maxWorkers: 4,
    updatedAtMs: null,
    diverged: false,
    ...more,
  };
}

/** One that has its place for a minute. */
export function heldJob(id: string, more: Partial<SchedulingJob> = {}): SchedulingJob {
  return waitingJob(id, {
    state: 'held',
    heldSinceMs: nowMs - 60_000,
    server: 'ps',
    updatedAtMs: nowMs,
    ...more,
  });
}

export interface ViewChanges {
  readonly cluster?: Partial<SchedulingView['cluster']>;
  readonly teams?: Readonly<Record<string, Partial<TeamSettings>>>;
  readonly nowMs?: number;
}

/** Two places, four workers, one parameter server of 1,000 bytes; every team weighs 1 unless said otherwise. */
export function viewOf(jobs: readonly SchedulingJob[], changes: ViewChanges = {}): SchedulingView {
  const names = new Set([...jobs.map(({ team }) => team), ...Object.keys(changes.teams ?? {})]);
  return {
    nowMs: changes.nowMs ?? nowMs,
    cluster: {
      paused: false,
      places: 2,
      workers: 4,
      servers: [{ name: 'ps', memoryBytes: 1000 }],
      ...changes.cluster,
    },
    teams: new Map([...names].map((name) => [name, { ...unlimitedTeam, ...changes.teams?.[name] }])),
    jobs,
  };
}
