import type { JobError } from '@descent/contracts';
import { DescentError } from '@descent/errors';
import { type JobRecord, latestEvent } from '@descent/storage';
import type { Context } from '../context.ts';
import { isHeld, type JobStimulus } from './job-state.ts';
import { moveJob } from './move-job.ts';
import { requireJob } from './require-job.ts';

/** Parameter servers that end one after the other at one step of a job: the next one would end there too. */
const mostLosses = 5;

/** Puts a job whose parameter server is gone back in the line (or where the user wanted it), unless it is the cause. */
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
    const { step } = job.progress;
    const before = (await latestEvent(transaction, jobId, 'restarted'))?.data;
    const losses = before?.step === step ? Number(before.losses) + 1 : 1;
    const { stimulus, error } = losses < mostLosses ? { stimulus: lose, error: null } : giveUp(job, losses);
    const message = `Parameter server ${job.server} ${how} at step ${step}`;
    await moveJob(transaction, job, {
      stimulus,
      reason: error?.message ?? message,
      nowMs,
      change: {
        progress: { ...job.progress, samplesPerSecond: 0, etaSeconds: null, workers: 0 },
        ...(error && { error }),
      },
      events: [
        {
          time: new Date(nowMs).toISOString(),
          type: 'restarted',
          message: error === null ? `${message}; it goes on from its newest checkpoint` : message,
          data: { server: job.server, incarnation: job.incarnation, step, losses },
        },
      ],
    });
    return true;
  });
  if (!lost) return;
  context.metrics.silentServers.inc();
  context.feeds.announce(jobId);
}

const lose: JobStimulus = { type: 'lose' };

function giveUp(job: JobRecord, losses: number): { stimulus: JobStimulus; error: JobError } {
  const { step } = job.progress;
  const problem = `${losses} parameter servers in a row ended at step ${step}, the last of them ${job.server}`;
  const { code, message, details, entry } = new DescentError('JOB_FAILED', { step, problem });
  return { stimulus: { type: 'fail' }, error: { code, message, details, advice: entry.advice } };
}
