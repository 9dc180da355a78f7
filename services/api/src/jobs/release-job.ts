import type { Release, ReleaseCause } from '@descent/scheduling';
import type { Context } from '../context.ts';
import { moveJob } from './move-job.ts';
import { requireJob } from './require-job.ts';

/** After `pause` its team has to look at it; after `yield` it goes on by itself when its turn comes again. */
const measures = {
  maintenance: {
    type: 'yield',
    reason: 'Staff have paused the installation: it writes a checkpoint and waits',
  },
  'team-paused': { type: 'yield', reason: 'Staff have paused its team: it writes a checkpoint and waits' },
  'budget-spent': {
    type: 'yield',
    reason: 'Its team has spent its budget: it writes a checkpoint and waits',
  },
  'over-share': {
    type: 'yield',
    reason: 'A team that has no place waits for one: it writes a checkpoint and goes back into line',
  },
  diverged: { type: 'pause', reason: 'Paused: its numbers are not finite any more' },
  idle: { type: 'pause', reason: 'Paused: it made no update for ten minutes while others waited' },
} as const satisfies Record<ReleaseCause, { type: 'yield' | 'pause'; reason: string }>;

/** Asks for the place of a job back. One that has left it meanwhile, or was asked already, is let be. */
export async function releaseJob(context: Context, { job: jobId, cause }: Release): Promise<void> {
  const { type, reason } = measures[cause];
  const asked = await context.db.transaction().execute(async (transaction) => {
    const job = await requireJob(transaction, jobId);
    return moveJob(transaction, job, { stimulus: { type }, reason, nowMs: context.clock() });
  });
  if (asked === null) return;
  context.logger.info({ jobId, cause }, 'A place is taken back');
  context.feeds.announce(jobId);
}
