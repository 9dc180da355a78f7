import { type DescentClient, isEnded, type Job, type JobState } from '@descent/client';
import { offeredActions } from '../job/actions.ts';

export const bulkActions = ['pause', 'resume', 'fork', 'archive', 'restore', 'cancel'] as const;
export type BulkAction = (typeof bulkActions)[number];

export const bulkWords: Record<BulkAction, { readonly ask: string; readonly done: string }> = {
  pause: { ask: 'Pause', done: 'asked to pause' },
  resume: { ask: 'Resume', done: 'resumed' },
  fork: { ask: 'Fork', done: 'forked' },
  archive: { ask: 'Archive', done: 'archived' },
  restore: { ask: 'Restore', done: 'restored' },
  cancel: { ask: 'Cancel', done: 'asked to cancel' },
};

/** Whether an action makes sense for a job; the service has the last word. */
export function suits(action: BulkAction, job: Pick<Job, 'state' | 'archivedAt' | 'progress'>): boolean {
  const archived = (job.archivedAt ?? null) !== null;
  switch (action) {
    case 'pause':
    case 'resume':
    case 'cancel':
      return isOffered(job.state, action);
    case 'fork':
      return job.progress.step > 0;
    case 'archive':
      return isEnded(job.state) && !archived;
    case 'restore':
      return archived;
    default:
      return action satisfies never;
  }
}

function isOffered(state: JobState, wanted: 'pause' | 'resume' | 'cancel'): boolean {
  return offeredActions(state, null).some(({ action }) => action === wanted);
}

/** @throws DescentError as the service refuses */
export async function perform(client: DescentClient, action: BulkAction, id: string): Promise<void> {
  switch (action) {
    case 'pause':
    case 'resume':
    case 'cancel':
      await client.jobs[action](id);
      return;
    case 'fork':
      await client.jobs.fork(id);
      return;
    case 'archive':
    case 'restore':
      await client.jobs.edit(id, { archived: action === 'archive' });
      return;
    default:
      return action satisfies never;
  }
}
