import type { JobEdit } from '@descent/contracts';
import { DescentError } from '@descent/errors';
import { changeCard, type JobRecord, renameJob, setStar, type TokenRecord } from '@descent/storage';
import type { Context } from '../context.ts';
import { hasEnded } from './job-state.ts';
import { requireJob } from './require-job.ts';

/**
 * All of it or nothing.
 * @throws DescentError JOB_NOT_FOUND, JOB_STATE_CONFLICT (a job that has not ended is not archived)
 */
export async function editJob(
  { db, clock }: Context,
  jobId: string,
  edit: JobEdit,
  caller: TokenRecord,
): Promise<JobRecord> {
  return db.transaction().execute(async (transaction) => {
    const job = await requireJob(transaction, jobId);
    const { name, tags, notes, starred, archived } = edit;
    if (archived === true && !hasEnded(job.state))
      throw new DescentError('JOB_STATE_CONFLICT', { jobId, state: job.state, action: 'be archived' });
    if (name !== undefined) await renameJob(transaction, jobId, name);
    if (starred !== undefined) await setStar(transaction, { memberId: caller.memberId, jobId }, starred);
    await changeCard(transaction, jobId, {
      ...(tags !== undefined && { tags }),
      ...(notes !== undefined && { notes }),
      ...(archived !== undefined && { archivedAt: archived ? new Date(clock()).toISOString() : null }),
    });
    return { ...job, name: name ?? job.name };
  });
}
