import { createWriteStream } from 'node:fs';
import { mkdir, open, readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { DatasetFile, DatasetFileCreate } from '@descent/contracts';
import { type IngestInput, placeOfFile } from '@descent/datasets';
import { DescentError } from '@descent/errors';
import {
  type Database,
  deleteUpload,
  findUpload,
  insertUpload,
  type Locks,
  listUploads,
  type UploadRecord,
  uploadsBefore,
} from '@descent/storage';
import { ulid } from 'ulid';

/**
 * Files that come in pieces, as in tus 1.0 (core protocol): announced with their length, then appended to, each time from the
 * offset where they end. What has arrived is what lies on the disk, so it survives a lost connection and a restart.
 */
export interface Uploads {
  announce(datasetId: string, file: DatasetFileCreate): Promise<DatasetFile>;
  list(datasetId: string): Promise<DatasetFile[]>;
  /** @throws DescentError UPLOAD_NOT_FOUND */
  find(datasetId: string, id: string): Promise<DatasetFile>;
  /** Appends; what came before a connection broke is kept. @throws DescentError UPLOAD_NOT_FOUND, UPLOAD_OFFSET_CONFLICT, STORAGE_FULL */
  append(datasetId: string, id: string, offset: number, content: Readable): Promise<DatasetFile>;
  /** Forgets one, or all of a data set. */
  remove(datasetId: string, id?: string): Promise<void>;
  /** For the reader, which must be done with them before they are removed. @throws DescentError UPLOAD_INCOMPLETE, DATA_EMPTY */
  complete(datasetId: string): Promise<IngestInput[]>;
}

export interface UploadsOptions {
  readonly db: Database;
  readonly locks: Locks;
  readonly folder: string;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
}

const lifeMs = 24 * 3600 * 1000;

/** Opens the folder and clears away what was forgotten: files without a row, rows that are a day old. */
export async function openUploads({ db, locks, folder, clock }: UploadsOptions): Promise<Uploads> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const fileOf = (id: string) => path.join(folder, id);

  async function forget({ id }: UploadRecord): Promise<void> {
    await deleteUpload(db, id);
    await rm(fileOf(id), { force: true });
  }

  async function forgetOld(): Promise<void> {
    for (const old of await uploadsBefore(db, new Date(clock() - lifeMs).toISOString())) await forget(old);
  }

  async function present(upload: UploadRecord): Promise<DatasetFile> {
    const { id, name, bytes, split, format } = upload;
    return {
      id,
      name,
      bytes,
      offset: await sizeOf(fileOf(id)),
      split,
      format: format as DatasetFile['format'],
    };
  }

  async function require(datasetId: string, id: string): Promise<UploadRecord> {
    const upload = await findUpload(db, datasetId, id);
    if (upload === null) throw new DescentError('UPLOAD_NOT_FOUND', { dataset: datasetId, file: id });
    return upload;
  }

  await forgetOld();
  // The files first: a row is there before its file, and another process may announce one meanwhile.
  const names = await readdir(folder);
  const known = new Set((await uploadsBefore(db, '9999')).map(({ id }) => id));
  for (const name of names) if (!known.has(name)) await rm(fileOf(name), { force: true });

  return {
    async announce(datasetId, { name, bytes, split = null, format = null }) {
      await forgetOld();
      const now = clock();
      const upload = {
        id: `up_${ulid(now)}`,
        datasetId,
        name,
        split,
        format,
        bytes,
        createdAt: new Date(now).toISOString(),
      };
      await insertUpload(db, upload);
      return present(upload);
    },

    list: async (datasetId) => Promise.all((await listUploads(db, datasetId)).map(present)),

    find: async (datasetId, id) => present(await require(datasetId, id)),

    async append(datasetId, id, offset, content) {
      const upload = await require(datasetId, id);
      const lock = `upload:${id}`;
      const isFree = await locks.tryTake(lock);
      const actual = await sizeOf(fileOf(id));
      const conflict = (problem: string) =>
        new DescentError('UPLOAD_OFFSET_CONFLICT', { file: id, offset: actual, problem });
      if (!isFree) throw conflict('another request is sending it');
      try {
        if (offset !== actual) throw conflict(`the request starts at byte ${offset}`);
        await append(content, fileOf(id), upload.bytes - actual, () =>
          conflict(`more than its ${upload.bytes} bytes came`),
        );
      } finally {
        await locks.release(lock);
      }
      return present(upload);
    },

    async remove(datasetId, id) {
      const uploads = id === undefined ? await listUploads(db, datasetId) : [await require(datasetId, id)];
      for (const upload of uploads) await forget(upload);
    },

    async complete(datasetId) {
      const uploads = await Promise.all((await listUploads(db, datasetId)).map(present));
      if (uploads.length === 0)
        throw new DescentError('DATA_EMPTY', { part: 'the data set: it has no files' });
      for (const { name, offset, bytes } of uploads) {
        if (offset !== bytes) throw new DescentError('UPLOAD_INCOMPLETE', { name, offset, bytes });
      }
      const isTrain = ({ name, split }: DatasetFile) => (split ?? placeOfFile(name).split) === 'train';
      // Announced in any order, equal files make equal data sets.
      uploads.sort((a, b) => Number(isTrain(b)) - Number(isTrain(a)) || (a.name < b.name ? -1 : 1));
      return uploads.map(({ id, name, split, format }) => ({
        path: fileOf(id),
        name,
        ...(split === null ? {} : { split }),
        ...(format === null ? {} : { format }),
      }));
    },
  };
}

/** Everything up to a broken connection is kept and on the disk before this returns or throws. */
async function append(
  content: Readable,
  file: string,
  room: number,
  overfull: () => DescentError,
): Promise<void> {
  let left = room;
  const counted = async function* (source: AsyncIterable<Uint8Array>) {
    for await (const chunk of source) {
      left -= chunk.byteLength;
      if (left < 0) throw overfull();
      yield chunk;
    }
  };
  try {
    await pipeline(content, counted, createWriteStream(file, { flags: 'a', mode: 0o600 }));
  } catch (cause) {
    if (cause instanceof DescentError) throw cause;
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
    if (code === 'ENOSPC') throw new DescentError('STORAGE_FULL', {}, { cause });
    throw new DescentError('REQUEST_MALFORMED', { problem: 'the upload broke off' }, { cause });
  }
  const handle = await open(file, 'r+');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function sizeOf(file: string): Promise<number> {
  try {
    return (await stat(file)).size;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return 0;
    throw error;
  }
}
