import { DescentError } from '@descent/errors';
import type { JobRecord } from '@descent/storage';
import type { Context } from '../context.ts';
import { isHeld } from './job-state.ts';
import { moveJob } from './move-job.ts';
import { requireJob } from './require-job.ts';

export type UserAction = 'cancel' | 'pause' | 'resume';

const words = {
  cancel: { atOnce: 'Cancelled on request', asked: 'Cancelling on request' },
  pause: { atOnce: 'Paused on request', asked: 'Pausing on request' },
  resume: { atOnce: 'Resumed on request; waits for a parameter server', asked: '' },
} as const satisfies Record<UserAction, { atOnce: string; asked: string }>;

/** @throws DescentError JOB_NOT_FOUND; JOB_STATE_CONFLICT, also for the second of two requests at once */
export async function actOnJob(context: Context, jobId: string, action: UserAction): Promise<JobRecord> {
  const moved = await context.db.transaction().execute(async (transaction) => {
    const job = await requireJob(transaction, jobId);
    const next = await moveJob(transaction, job, {
      stimulus: { type: action },
      reason: isHeld(job.state) ? words[action].asked : words[action].atOnce,
      nowMs: context.clock(),
    });
    if (next === null)
      throw new DescentError('JOB_STATE_CONFLICT', { jobId, state: stateInWords(job), action });
    return next;
  });
  context.feeds.announce(jobId);
  context.wakeDispatcher();
  return moved;
}

function stateInWords(job: JobRecord): string {
  if (job.wanted === 'cancel') return 'being cancelled';
  if (job.wanted === 'pause') return 'being paused';
  return job.state;
}
