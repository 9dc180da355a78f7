import { createHash } from 'node:crypto';
import type { TrainingPlan } from '@descent/contracts';
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
  type TokenRecord,
} from '@descent/storage';
import type { Context } from '../context.ts';
import { stateEvent } from './move-job.ts';
import { requireJob } from './require-job.ts';

export interface NewJob {
  readonly job: JobRecord;
  readonly plan: TrainingPlan;
  /** Who submits it. */
  readonly memberId: string;
  readonly idempotent: IdempotentRequest | null;
  /** Added to what the event `created` tells. */
  readonly created: Record<string, unknown>;
  /** Makes sure, in the transaction, that the files which the job starts from are there and stay. */
  hold(transaction: Database): Promise<void>;
}

/** Stores a planned job in one transaction, once for an idempotency key. */
export async function storeJob(
  context: Context,
  { job, plan, memberId, idempotent, created, hold }: NewJob,
): Promise<{ job: JobRecord; created: boolean }> {
  const answer = await context.db.transaction().execute(async (transaction) => {
    // Planning takes a while; the same request may have come in again meanwhile.
    const repeated = idempotent === null ? null : await findEarlier(transaction, idempotent);
    if (repeated !== null) return { job: repeated, created: false };
    if ((await findDataset(transaction, job.datasetId))?.state !== 'ready') {
      throw new DescentError('DATASET_NOT_READY', { dataset: job.datasetId, state: 'being deleted' });
    }
    await insertJob(transaction, job, plan, memberId);
    await hold(transaction);
    await appendEvents(transaction, job.id, [
      { time: job.createdAt, type: 'created', message: 'Submitted', data: { price: job.price, ...created } },
      stateEvent(null, 'queued', job.reason, job.createdAt),
    ]);
    if (idempotent !== null) await insertIdempotent(transaction, idempotent, job.id);
    return { job, created: true };
  });
  if (answer.created) context.wakeDispatcher();
  return answer;
}

export function idempotentRequest(
  { caller, idempotencyKey }: { readonly caller: TokenRecord; readonly idempotencyKey: string | null },
  request: unknown,
): IdempotentRequest | null {
  if (idempotencyKey === null) return null;
  const requestHash = createHash('sha256').update(canonicalJson(request)).digest('hex');
  return { tokenId: caller.id, key: idempotencyKey, requestHash };
}

/** The job of an earlier request with this key. @throws DescentError IDEMPOTENCY_KEY_REUSED */
export async function findEarlier(db: Database, request: IdempotentRequest): Promise<JobRecord | null> {
  const found = await findIdempotent(db, request.tokenId, request.key);
  if (found === null) return null;
  if (found.requestHash !== request.requestHash) {
    throw new DescentError('IDEMPOTENCY_KEY_REUSED', { key: request.key });
  }
  return requireJob(db, found.jobId);
}
