import type { QuarantinedWorker } from '@descent/contracts';
import type { Database } from './database/database.ts';

/** The first report of a worker counts. */
export async function putQuarantined(db: Database, jobId: string, found: QuarantinedWorker): Promise<void> {
  const { worker, step, microBatch, since, time } = found;
  await db
    .insertInto('quarantined_workers')
    .values({ job_id: jobId, worker, step, micro_batch: microBatch, since, time })
    .onConflict((conflict) => conflict.columns(['job_id', 'worker']).doNothing())
    .execute();
}

/** In the order in which they were found. */
export async function listQuarantined(db: Database, jobId: string): Promise<QuarantinedWorker[]> {
  const rows = await db
    .selectFrom('quarantined_workers')
    .select(['worker', 'step', 'micro_batch', 'since', 'time'])
    .where('job_id', '=', jobId)
    .orderBy('time')
    .orderBy('worker')
    .execute();
  return rows.map(({ micro_batch: microBatch, ...row }) => ({ ...row, microBatch }));
}
