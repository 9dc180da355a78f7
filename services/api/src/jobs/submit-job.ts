import { createHash } from 'node:crypto';
import { JobCreate, validate } from '@descent/contracts';
import { canonicalJson } from '@descent/datasets';
import { DescentError } from '@descent/errors';
import {
  appendEvents,
  type Database,
  findDataset,
  findIdempotent,
  type IdempotentRequest,
  insertIdempotent,
  insertJob,
  type JobRecord,
} from '@descent/storage';
import type { Context } from '../context.ts';
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
  const request = validate(JobCreate, submission.body);
  const idempotent = idempotentRequest(submission, request);
  const earlier = idempotent === null ? null : await findEarlier(context.db, idempotent);
  if (earlier !== null) return { job: earlier, created: false };

  const { job, plan } = await planJob(context, request);
  if (submission.dryRun) return { job, created: false };

  const answer = await context.db.transaction().execute(async (transaction) => {
    // Planning takes a while; the same request may have come in again meanwhile.
    const repeated = idempotent === null ? null : await findEarlier(transaction, idempotent);
    if (repeated !== null) return { job: repeated, created: false };
    if ((await findDataset(transaction, job.datasetId))?.state !== 'ready') {
      throw new DescentError('DATASET_NOT_READY', { dataset: job.datasetId, state: 'being deleted' });
    }
    await insertJob(transaction, job, plan);
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

function idempotentRequest(submission: Submission, request: JobCreate): IdempotentRequest | null {
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
