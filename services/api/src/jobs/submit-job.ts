import { createHash } from 'node:crypto';
import { JobCreate, JobFromModel, type TrainingPlan, validate } from '@descent/contracts';
import { canonicalJson } from '@descent/datasets';
import { DescentError } from '@descent/errors';
import {
  appendEvents,
  type Database,
  findDataset,
  findIdempotent,
  holdArtifacts,
  type IdempotentRequest,
  insertIdempotent,
  insertJob,
  type JobRecord,
} from '@descent/storage';
import type { Context } from '../context.ts';
import { requireModel } from '../models/require-model.ts';
import { resolveModel } from '../models/resolve-model.ts';
import { stateEvent } from './move-job.ts';
import { planJob } from './plan-job.ts';
import { requireJob } from './require-job.ts';

export interface Submission {
  readonly body: unknown;
  readonly dryRun: boolean;
  readonly tokenId: string;
  readonly idempotencyKey: string | null;
}

/** Checks, compiles and prices a request, then stores the job in one transaction: on any error nothing is left. */
export async function submitJob(
  context: Context,
  submission: Submission,
): Promise<{ job: JobRecord; created: boolean }> {
  const request = isFromModel(submission.body)
    ? validate(JobFromModel, submission.body)
    : validate(JobCreate, submission.body);
  const idempotent = idempotentRequest(submission, request);
  const earlier = idempotent === null ? null : await findEarlier(context.db, idempotent);
  if (earlier !== null) return { job: earlier, created: false };

  const resolved = await resolve(context.db, request);
  const { job, plan } = await planJob(context, resolved.request, resolved.initialWeights);
  if (submission.dryRun) return { job, created: false };

  const answer = await context.db.transaction().execute(async (transaction) => {
    // Planning takes a while; the same request may have come in again meanwhile.
    const repeated = idempotent === null ? null : await findEarlier(transaction, idempotent);
    if (repeated !== null) return { job: repeated, created: false };
    if ((await findDataset(transaction, job.datasetId))?.state !== 'ready') {
      throw new DescentError('DATASET_NOT_READY', { dataset: job.datasetId, state: 'being deleted' });
    }
    await insertJob(transaction, job, plan);
    if (plan.initialWeights !== undefined) {
      // Of the model: it must not have been deleted meanwhile, nor may it be from here on.
      const { from } = (request as JobFromModel).model;
      await requireModel(transaction, from);
      const { hash } = plan.initialWeights;
      const bytes = (await context.artifacts.size(hash)) ?? 0;
      await holdArtifacts(transaction, `${job.id}/initial`, [{ hash, bytes }]);
    }
    await appendEvents(transaction, job.id, [
      { time: job.createdAt, type: 'created', message: 'Submitted', data: { price: job.price } },
      stateEvent(null, 'queued', job.reason, job.createdAt),
    ]);
    if (idempotent !== null) await insertIdempotent(transaction, idempotent, job.id);
    return { job, created: true };
  });
  if (answer.created) context.wakeDispatcher();
  return answer;
}

function isFromModel(body: unknown): boolean {
  const model = typeof body === 'object' && body !== null && 'model' in body ? body.model : undefined;
  return typeof model === 'object' && model !== null && 'from' in model;
}

/** The spec of an imported model is written out, so that a job needs nothing but its plan and its files. */
async function resolve(
  db: Database,
  request: JobCreate | JobFromModel,
): Promise<{ request: JobCreate; initialWeights: TrainingPlan['initialWeights'] }> {
  const { model, ...rest } = request;
  if (!('from' in model)) return { request: { ...rest, model }, initialWeights: undefined };
  const { spec, initialWeights } = resolveModel(await requireModel(db, model.from), model);
  return { request: { ...rest, model: spec }, initialWeights };
}

function idempotentRequest(
  submission: Submission,
  request: JobCreate | JobFromModel,
): IdempotentRequest | null {
  if (submission.idempotencyKey === null || submission.dryRun) return null;
  return {
    tokenId: submission.tokenId,
    key: submission.idempotencyKey,
    requestHash: createHash('sha256').update(canonicalJson(request)).digest('hex'),
  };
}

async function findEarlier(db: Database, request: IdempotentRequest): Promise<JobRecord | null> {
  const found = await findIdempotent(db, request.tokenId, request.key);
  if (found === null) return null;
  if (found.requestHash !== request.requestHash) {
    throw new DescentError('IDEMPOTENCY_KEY_REUSED', { key: request.key });
  }
  return requireJob(db, found.jobId);
}
