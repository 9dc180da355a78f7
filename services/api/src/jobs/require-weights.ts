import { DescentError } from '@descent/errors';
import type { Context } from '../context.ts';
import { requireJob } from './require-job.ts';

/** Hash of a finished job's weights. @throws DescentError JOB_NOT_FOUND, JOB_NOT_FINISHED */
export async function requireWeights(context: Context, jobId: string): Promise<string> {
  const { state, weightsHash } = await requireJob(context.db, jobId);
  if (weightsHash === null) throw new DescentError('JOB_NOT_FINISHED', { jobId, state });
  return weightsHash;
}
