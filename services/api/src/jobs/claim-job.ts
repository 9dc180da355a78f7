import type { ClaimAnswer, Demand, TrainingPlan } from '@descent/contracts';
import { DescentError } from '@descent/errors';
import { type JobRecord, listCheckpoints, listQuarantined, readPlan } from '@descent/storage';
import type { Context } from '../context.ts';
import { moveJob } from './move-job.ts';
import { requireJob } from './require-job.ts';

/**
 * Gives a queued job to a parameter server and raises the incarnation: from here on every frame and report of an
 * earlier owner is refused.
 * @throws DescentError JOB_NOT_FOUND, JOB_CLAIM_REFUSED
 */
export async function claimJob(context: Context, jobId: string, server: string): Promise<ClaimAnswer> {
  const answer = await context.db.transaction().execute(async (transaction) => {
    const job = await requireJob(transaction, jobId);
    const incarnation = job.incarnation + 1;
    const nowMs = context.clock();
    const moved = await moveJob(transaction, job, {
      stimulus: { type: 'claim' },
      reason: `Parameter server ${server} prepares it`,
      nowMs,
      change: {
        incarnation,
        server,
        heardAtMs: nowMs,
        heldAtMs: nowMs,
        progressedAtMs: null,
        reportSerial: -1,
      },
    });
    if (moved === null) throw new DescentError('JOB_CLAIM_REFUSED', { jobId, reason: whyNot(job) });
    const plan = await readPlan(transaction, jobId);
    if (plan === null) throw new DescentError('JOB_NOT_FOUND', { jobId });
    const checkpoints = await listCheckpoints(transaction, jobId);
    const quarantined = await listQuarantined(transaction, jobId);
    return {
      incarnation,
      plan,
      checkpoints: checkpoints.map(({ step, hash }) => ({ step, hash })),
      numericsClass: job.numericsClass,
      quarantined: quarantined.map(({ worker }) => worker),
      team: job.teamId,
    };
  });
  const { team, plan } = answer;
  const { priority = 0 } = plan.request;
  const orders = await context.books.ordersFor({ id: jobId, team, priority, demand: newDemand(plan) });
  context.feeds.announce(jobId);
  context.wakeDispatcher();
  return { ...answer, ...orders };
}

/** Nothing of it is on the queue yet: what it will ask for. */
function newDemand({ request, microBatches }: TrainingPlan): Demand {
  const waiting = Math.min(request.maxWorkers ?? microBatches, microBatches);
  return { waiting, waitedMs: 0, serving: 0, seconds: null };
}

function whyNot(job: JobRecord): string {
  return job.state === 'preparing' || job.state === 'running'
    ? `parameter server ${job.server} is alive on it`
    : `it is ${job.state}`;
}
