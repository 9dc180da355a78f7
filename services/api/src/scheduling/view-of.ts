import type { SchedulingJob, SchedulingView } from '@descent/scheduling';
import type { ActiveJob } from '@descent/storage';
import { isHeld } from '../jobs/job-state.ts';

export interface ViewLimits {
  readonly maxRunningJobs: number;
}

/**
 * What admission decides about. The api does not know the memory of parameter servers yet, nor workers that serve no
 * job: one server of any size and at least one worker are taken to be there.
 */
export function viewOf(
  jobs: readonly ActiveJob[],
  teams: SchedulingView['teams'],
  { maxRunningJobs }: ViewLimits,
  nowMs: number,
): SchedulingView {
  const workers = jobs.reduce((sum, { workers: own }) => sum + own, 0);
  return {
    nowMs,
    cluster: {
      paused: false,
      places: maxRunningJobs,
      workers: Math.max(1, workers),
      servers: [{ name: 'any', memoryBytes: Number.MAX_SAFE_INTEGER }],
    },
    teams,
    jobs: jobs.map(jobOf),
  };
}

function jobOf(job: ActiveJob): SchedulingJob {
  const held = isHeld(job.state);
  const { etaSeconds, workers } = job;
  return {
    id: job.id,
    team: job.teamId,
    priority: job.priority,
    state: held ? (job.wanted === 'run' ? 'held' : 'leaving') : 'waiting',
    queuedAtMs: job.queuedAtMs,
    heldSinceMs: held ? job.queuedAtMs : null,
    server: job.server,
    memoryBytes: 0,
    remainingWorkerSeconds: etaSeconds === null ? null : etaSeconds * Math.max(1, workers),
    maxWorkers: Math.max(1, workers),
    updatedAtMs: held ? job.heardAtMs : null,
    diverged: false,
  };
}
