import { DescentError } from '@descent/errors';
import { deleteDataset, jobsUsingDataset, releaseArtifacts } from '@descent/storage';
import type { Context } from '../context.ts';
import { requireDataset } from './require-dataset.ts';

/** @throws DescentError DATASET_NOT_FOUND, DATASET_IN_USE, DATASET_STATE_CONFLICT (an upload is under way) */
export async function removeDataset(context: Context, id: string): Promise<void> {
  const { state } = await requireDataset(context, id);
  if (state === 'ingesting' || id.startsWith('builtin:')) {
    const what = state === 'ingesting' ? state : 'built in';
    throw new DescentError('DATASET_STATE_CONFLICT', { dataset: id, state: what, action: 'be deleted' });
  }
  // One that is ready has none, and only those have jobs.
  await context.uploads.remove(id);
  const orphans = await context.db.transaction().execute(async (transaction) => {
    const jobs = await jobsUsingDataset(transaction, id);
    if (jobs[0] !== undefined) {
      throw new DescentError('DATASET_IN_USE', { dataset: id, count: jobs.length, job: jobs[0] });
    }
    if (!(await deleteDataset(transaction, id))) throw new DescentError('DATASET_NOT_FOUND', { dataset: id });
    return releaseArtifacts(transaction, id);
  });
  await context.keeper.discard(orphans);
}
