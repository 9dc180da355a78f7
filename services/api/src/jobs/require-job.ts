import { DescentError } from '@descent/errors';
import { type Database, findJob, type JobRecord } from '@descent/storage';

/** @throws DescentError JOB_NOT_FOUND */
export async function requireJob(db: Database, jobId: string): Promise<JobRecord> {
  const job = await findJob(db, jobId);
  if (job === null) throw new DescentError('JOB_NOT_FOUND', { jobId });
  return job;
}
