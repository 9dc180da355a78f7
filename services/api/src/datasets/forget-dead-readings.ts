import { changeDataset, type Database, ingestingDatasets, type Locks } from '@descent/storage';

/** Held by the process that reads the files of a data set, for as long as that takes. */
export function readingLock(datasetId: string): string {
  return `dataset:${datasetId}`;
}

/** A reading that was under way when its process died left nothing behind: the data set is empty again. */
export async function forgetDeadReadings(db: Database, locks: Locks): Promise<void> {
  for (const id of await ingestingDatasets(db)) {
    if (!(await locks.tryTake(readingLock(id)))) continue;
    await changeDataset(db, id, 'ingesting', { state: 'empty' });
    await locks.release(readingLock(id));
  }
}
