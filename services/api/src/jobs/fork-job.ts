import { type ForkRequest, JobCreate, validate } from '@descent/contracts';
import { DescentError } from '@descent/errors';
import {
  type Database,
  holdArtifacts,
  type JobRecord,
  listCheckpoints,
  type TokenRecord,
} from '@descent/storage';
import type { Context } from '../context.ts';
import { planJob } from './plan-job.ts';
import { requireJob } from './require-job.ts';
import { findEarlier, idempotentRequest, storeJob } from './store-job.ts';
import { requireRoom } from './submit-job.ts';

export interface Fork {
  readonly jobId: string;
  readonly body: ForkRequest;
  readonly caller: TokenRecord;
  readonly idempotencyKey: string | null;
}

/**
 * A new job from a checkpoint of another, whatever that one does meanwhile: the checkpoint's file gets a second holder
 * in the transaction that stores the job.
 * @throws DescentError JOB_NOT_FOUND, CHECKPOINT_NOT_FOUND, JOB_STATE_CONFLICT (the checkpoint was dropped meanwhile)
 */
export async function forkJob(
  context: Context,
  { jobId, body, ...submission }: Fork,
): Promise<{ job: JobRecord; created: boolean }> {
  const idempotent = idempotentRequest(submission, { jobId, ...body });
  const earlier = idempotent === null ? null : await findEarlier(context.db, idempotent);
  if (earlier !== null) return { job: earlier, created: false };

  await requireRoom(context, submission.caller.teamId);
  const origin = await requireJob(context.db, jobId);
  const checkpoint = await findCheckpoint(context.db, jobId, body.checkpoint);
  const { step, hash } = checkpoint;
  const planned = await planJob(context, mergeRequest(origin, step, body), submission.caller);
  const { price, request } = planned.plan;
  if (price.steps <= step) {
    const problem = `gives ${price.steps} steps, and the checkpoint is at step ${step}: nothing would be left to train`;
    throw new DescentError('REQUEST_INVALID', { path: 'training.epochs', problem });
  }
  const epoch = step / price.stepsPerEpoch;
  const job: JobRecord = {
    ...planned.job,
    request,
    progress: { ...planned.job.progress, step, epoch },
  };
  // A file that is about to be held again must not be deleted meanwhile.
  return context.keeper.writing(() =>
    storeJob(context, {
      job,
      plan: { ...planned.plan, forkOf: { jobId, step, hash } },
      memberId: submission.caller.memberId,
      idempotent,
      created: { forkOf: { job: jobId, checkpoint: checkpoint.id } },
      async hold(transaction) {
        const kept = await listCheckpoints(transaction, jobId);
        if (!kept.some((one) => one.hash === hash)) {
          throw new DescentError('JOB_STATE_CONFLICT', {
            jobId,
            state: `past ${checkpoint.id}, which is no longer kept`,
            action: 'be forked from it',
          });
        }
        await holdArtifacts(transaction, `${job.id}/initial`, [{ hash, bytes: checkpoint.bytes }]);
      },
    }),
  );
}

async function findCheckpoint(db: Database, jobId: string, wanted: string | undefined) {
  const checkpoints = await listCheckpoints(db, jobId);
  const found =
    wanted === undefined ? checkpoints[0] : checkpoints.find((checkpoint) => checkpoint.id === wanted);
  if (found === undefined) {
    throw new DescentError('CHECKPOINT_NOT_FOUND', { jobId, checkpoint: wanted ?? 'at all yet' });
  }
  return found;
}

function mergeRequest(origin: JobRecord, step: number, body: ForkRequest): JobCreate {
  const { checkpoint: _, training = {}, ...rest } = body;
  const merged = Object.entries({ ...origin.request.training, ...training });
  return validate(JobCreate, {
    ...origin.request,
    name: `${origin.name}, from step ${step}`.slice(-120),
    ...rest,
    training: Object.fromEntries(merged.filter(([, value]) => value !== null)),
  });
}
