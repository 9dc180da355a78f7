import type { Database } from './database/database.ts';

export interface IdempotentRequest {
  readonly tokenId: string;
  readonly key: string;
  readonly requestHash: string;
}

export async function findIdempotent(
  db: Database,
  tokenId: string,
  key: string,
): Promise<{ readonly requestHash: string; readonly jobId: string } | null> {
  const row = await db
    .selectFrom('idempotency_keys')
    .select(['request_hash', 'job_id'])
    .where('token_id', '=', tokenId)
    .where('key', '=', key)
    .executeTakeFirst();
  return row === undefined ? null : { requestHash: row.request_hash, jobId: row.job_id };
}

/** In the transaction that creates the job: the primary key lets only one of two equal requests through. */
export async function insertIdempotent(
  db: Database,
  request: IdempotentRequest,
  jobId: string,
): Promise<void> {
  await db
    .insertInto('idempotency_keys')
    .values({
      token_id: request.tokenId,
      key: request.key,
      request_hash: request.requestHash,
      job_id: jobId,
      created_at: new Date().toISOString(),
    })
    .execute();
}

export async function forgetIdempotentBefore(db: Database, time: string): Promise<void> {
  await db.deleteFrom('idempotency_keys').where('created_at', '<', time).execute();
}
