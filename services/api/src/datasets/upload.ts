import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import type { Readable } from 'node:stream';
import type { Dataset } from '@descent/contracts';
import type { DataFormat } from '@descent/datasets';
import { DescentError, isDescentError } from '@descent/errors';
import { changeDataset, findDataset, holdArtifacts } from '@descent/storage';
import type { Context } from '../context.ts';
import { receiveFile } from '../http/receive-file.ts';
import { unwrap } from '../threads/answer.ts';
import type { IngestResult, IngestTask } from '../threads/ingest.thread.ts';
import { requireDataset } from './require-dataset.ts';

export interface Upload {
  readonly datasetId: string;
  readonly content: Readable;
  readonly name?: string;
  readonly format?: DataFormat;
}

/**
 * Takes a file in, reads it and stores its shards; answers when the data set is ready. When anything is wrong with the
 * file the data set is `failed` with that error, no file of it is left, and it can be filled again.
 * @throws DescentError DATASET_NOT_FOUND, DATASET_STATE_CONFLICT, REQUEST_TOO_LARGE, STORAGE_FULL and those of reading
 */
export async function fillDataset(context: Context, upload: Upload): Promise<Dataset> {
  const { db } = context;
  const { datasetId } = upload;
  const before = await requireDataset(context, datasetId);
  const begun =
    (before.state === 'empty' || before.state === 'failed') &&
    (await changeDataset(db, datasetId, before.state, { state: 'ingesting', error: null }));
  if (!begun) {
    throw new DescentError('DATASET_STATE_CONFLICT', {
      dataset: datasetId,
      state: before.state,
      action: 'take a file',
    });
  }
  const file = path.join(context.uploadsDir, randomUUID());
  try {
    await receiveFile(upload.content, file, context.limits.uploadBytes);
    await ingest(context, upload, file);
  } catch (error) {
    const { code, message } = isDescentError(error)
      ? error
      : new DescentError('INTERNAL', {}, { cause: error });
    await changeDataset(db, datasetId, 'ingesting', { state: 'failed', error: { code, message } });
    throw error;
  } finally {
    await rm(file, { force: true });
  }
  return requireDataset(context, datasetId);
}

async function ingest(context: Context, upload: Upload, file: string): Promise<void> {
  const { db, keeper } = context;
  const { datasetId, name, format } = upload;
  const source: IngestTask['source'] = {
    type: 'file',
    path: file,
    ...(name === undefined ? {} : { name }),
    ...(format === undefined ? {} : { format }),
  };
  const result = await keeper.writing(async (): Promise<IngestResult> => {
    const read = await context.threads.ingest({ artifactsDir: context.artifactsDir, source });
    if (read.answer.ok) await note(context, datasetId, read);
    return read;
  });
  if (!result.answer.ok || (await findDataset(db, datasetId)) === null) {
    await keeper.discard(result.stored.map(({ hash }) => hash));
  }
  unwrap(result.answer);
}

async function note({ db }: Context, datasetId: string, { answer, stored }: IngestResult): Promise<void> {
  const manifest = unwrap(answer);
  await db.transaction().execute(async (transaction) => {
    await holdArtifacts(transaction, datasetId, stored);
    await changeDataset(transaction, datasetId, 'ingesting', { state: 'ready', manifest });
  });
}
