import type { SchedulingJob, SchedulingView } from '@descent/scheduling';
import type { ActiveJob } from '@descent/storage';
import { isHeld } from '../jobs/job-state.ts';
import type { ClusterState } from './cluster.ts';

export interface ViewParts {
  readonly jobs: readonly ActiveJob[];
  readonly teams: SchedulingView['teams'];
  readonly cluster: ClusterState;
  readonly places: number;
  /** FLOP that a worker computes in a second; null: unknown. */
  readonly speed: number | null;
  readonly nowMs: number;
}

/** What admission decides about. */
export function viewOf({ jobs, teams, cluster, places, speed, nowMs }: ViewParts): SchedulingView {
  return {
    nowMs,
    cluster: {
      paused: cluster.paused,
      places,
      workers: cluster.workers.length,
      servers: cluster.servers.map(({ name, memoryBytes }) => ({ name, memoryBytes })),
    },
    teams,
    jobs: jobs.map((job) => schedulingJob(job, speed)),
  };
}

export function schedulingJob(job: ActiveJob, speed: number | null): SchedulingJob {
  const held = isHeld(job.state);
  return {
    id: job.id,
    team: job.teamId,
    priority: job.priority,
    state: held ? (job.wanted === 'run' ? 'held' : 'leaving') : 'waiting',
    queuedAtMs: job.queuedAtMs,
    heldSinceMs: held ? (job.heldAtMs ?? job.queuedAtMs) : null,
    server: held ? job.server : null,
    memoryBytes: job.serverBytes,
    remainingWorkerSeconds: workLeft(job, speed),
    maxWorkers: job.maxWorkers,
    updatedAtMs: held ? job.progressedAtMs : null,
    // A parameter server ends a job whose numbers are not finite by itself: it fails, and its place is free.
    diverged: false,
  };
}

/** What it says itself, once it computes; before that, its price over the speed of the workers. */
function workLeft({ etaSeconds, workers, flops, done }: ActiveJob, speed: number | null): number | null {
  if (etaSeconds !== null && workers > 0) return etaSeconds * workers;
  if (flops === null || speed === null || speed === 0) return null;
  return (flops * (1 - done)) / speed;
}
