import type { Context } from '../context.ts';
import { isHeld } from './job-state.ts';
import { moveJob } from './move-job.ts';
import { requireJob } from './require-job.ts';

/** Puts a job whose parameter server is gone back in the line (or where the user wanted it). */
export async function loseSilentServer(
  context: Context,
  jobId: string,
  seenHeardAtMs: number,
  how = 'fell silent',
): Promise<void> {
  const lost = await context.db.transaction().execute(async (transaction) => {
    const job = await requireJob(transaction, jobId);
    // It may have reported since the dispatcher looked.
    if (!isHeld(job.state) || (job.heardAtMs ?? 0) > seenHeardAtMs) return false;
    const nowMs = context.clock();
    const message = `Parameter server ${job.server} ${how} at step ${job.progress.step}`;
    await moveJob(transaction, job, {
      stimulus: { type: 'lose' },
      reason: message,
      nowMs,
      change: { progress: { ...job.progress, samplesPerSecond: 0, etaSeconds: null, workers: 0 } },
      events: [
        {
          time: new Date(nowMs).toISOString(),
          type: 'restarted',
          message: `${message}; it goes on from its newest checkpoint`,
          data: { server: job.server, incarnation: job.incarnation, step: job.progress.step },
        },
      ],
    });
    return true;
  });
  if (!lost) return;
  context.metrics.silentServers.inc();
  context.feeds.announce(jobId);
}
