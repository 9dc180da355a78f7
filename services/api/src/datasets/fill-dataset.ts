import { mkdir, rm } from 'node:fs/promises';
import type { Dataset } from '@descent/contracts';
import type { IngestInput } from '@descent/datasets';
import { DescentError, isDescentError } from '@descent/errors';
import { changeDataset, findDataset, owningTeam } from '@descent/storage';
import type { Context } from '../context.ts';
import { checkQuota } from './check-quota.ts';
import { readingLock } from './forget-dead-readings.ts';
import { ingestInto } from './ingest-into.ts';
import { requireDataset } from './require-dataset.ts';

/** Brings the files of a data set to the disk. `folder` is empty and goes away with all that is in it. */
export type Receive = (folder: string) => Promise<readonly IngestInput[]>;

/**
 * Takes files in, reads them and stores their shards; answers when the data set is ready. When anything is wrong with the
 * files the data set is `failed` with that error, nothing of them is left, and it can be filled again.
 * @throws DescentError DATASET_NOT_FOUND, DATASET_STATE_CONFLICT, DATASET_QUOTA_EXCEEDED, REQUEST_TOO_LARGE, STORAGE_FULL and
 *   those of reading
 */
export async function fillDataset(context: Context, id: string, receive: Receive): Promise<Dataset> {
  return (await beginFilling(context, id))(receive);
}

/** From here on the data set is `ingesting`: the function that is returned has to be called. */
export async function beginFilling(
  context: Context,
  id: string,
): Promise<(receive: Receive) => Promise<Dataset>> {
  const { db, locks } = context;
  const before = await requireDataset(context, id);
  const team = (await owningTeam(db, 'datasets', id)) ?? null;
  await checkQuota(db, { team, needed: 1, limitBytes: context.limits.datasetBytes });
  // Tells a reading under way from one whose process has died (`forget-dead-readings.ts`).
  const lock = readingLock(id);
  const isFree = await locks.tryTake(lock);
  const begun =
    isFree &&
    (before.state === 'empty' || before.state === 'failed') &&
    (await changeDataset(db, id, before.state, { state: 'ingesting', error: null }));
  if (!begun) {
    if (isFree) await locks.release(lock);
    throw new DescentError('DATASET_STATE_CONFLICT', {
      dataset: id,
      state: before.state,
      action: 'take a file',
    });
  }
  return async (receive) => {
    const folder = context.scratch();
    try {
      await mkdir(folder, { mode: 0o700 });
      await ingest(context, id, team, await receive(folder));
    } catch (error) {
      const { code, message } = isDescentError(error)
        ? error
        : new DescentError('INTERNAL', {}, { cause: error });
      await changeDataset(db, id, 'ingesting', { state: 'failed', error: { code, message } });
      throw error;
    } finally {
      await locks.release(lock);
      await rm(folder, { recursive: true, force: true });
    }
    return requireDataset(context, id);
  };
}

async function ingest(
  context: Context,
  id: string,
  team: string | null,
  files: readonly IngestInput[],
): Promise<void> {
  await ingestInto(
    context,
    id,
    { type: 'files', files },
    async (transaction, { manifest, report, bytes }) => {
      if ((await findDataset(transaction, id)) === null)
        throw new DescentError('DATASET_NOT_FOUND', { dataset: id });
      await changeDataset(transaction, id, 'ingesting', { state: 'ready', manifest, report, bytes });
      // Its shards are held by now: what two share is counted once.
      await checkQuota(transaction, { team, needed: 0, limitBytes: context.limits.datasetBytes });
    },
  );
}
