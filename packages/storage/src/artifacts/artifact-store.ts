import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { DescentError } from '@descent/errors';

export interface StoredArtifact {
  /** SHA-256 of the content, lower-case hex. */
  readonly hash: string;
  readonly bytes: number;
}

/**
 * Immutable files named by their content. A file under its final name is whole and on the disk; a crash at any moment
 * leaves at most a temporary file, which the next start sweeps away.
 */
export interface ArtifactStore {
  /** Reads the source to its end. REQUEST_TOO_LARGE above `limitBytes`; STORAGE_FULL when the disk is. */
  put(
    source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
    options?: { limitBytes?: number },
  ): Promise<StoredArtifact>;
  /** Streams a file as it lies on the disk. ARTIFACT_NOT_FOUND. */
  read(hash: string): Promise<Readable>;
  /** Like `read`, after the whole file was checked against its hash. ARTIFACT_DAMAGED. */
  readVerified(hash: string): Promise<Readable>;
  size(hash: string): Promise<number | null>;
  /** Where the file lies, for readers in other threads. Do not write there. */
  pathOf(hash: string): string;
  /** Hashes of all files. */
  list(): AsyncGenerator<string, void, undefined>;
  /** True when it was there. */
  delete(hash: string): Promise<boolean>;
  /** Throws when files cannot be written here. */
  probe(): Promise<void>;
}

export interface ArtifactStoreOptions {
  /**
   * Remove what interrupted writes left behind: for the first to open the folder, when every temporary file is from a
   * process that died. Default true.
   */
  readonly sweep?: boolean;
}

/** Opens the store below `folder`, which is created when missing. */
export async function openArtifactStore(
  folder: string,
  { sweep = true }: ArtifactStoreOptions = {},
): Promise<ArtifactStore> {
  const incoming = path.join(folder, 'incoming');
  await mkdir(incoming, { recursive: true });
  if (sweep) {
    for (const name of await readdir(incoming)) await rm(path.join(incoming, name), { force: true });
  }

  const fileOf = (hash: string): string => {
    if (!/^[0-9a-f]{64}$/.test(hash)) throw new DescentError('ARTIFACT_NOT_FOUND', { hash });
    return path.join(folder, hash.slice(0, 2), hash.slice(2, 4), hash);
  };

  async function size(hash: string): Promise<number | null> {
    try {
      return (await stat(fileOf(hash))).size;
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return null;
      throw error;
    }
  }

  async function read(hash: string): Promise<Readable> {
    if ((await size(hash)) === null) throw new DescentError('ARTIFACT_NOT_FOUND', { hash });
    return createReadStream(fileOf(hash), { highWaterMark: 1 << 18 });
  }

  return {
    async put(source, { limitBytes = Number.POSITIVE_INFINITY } = {}) {
      const temporary = path.join(incoming, randomUUID());
      try {
        const artifact = await writeDurably(source, temporary, limitBytes);
        const file = fileOf(artifact.hash);
        const parent = path.dirname(file);
        const firstNew = await mkdir(parent, { recursive: true });
        await rename(temporary, file);
        await syncFolder(parent);
        if (firstNew !== undefined) await syncUp(path.dirname(parent), folder);
        return artifact;
      } catch (error) {
        await rm(temporary, { force: true });
        if (codeOf(error) === 'ENOSPC') throw new DescentError('STORAGE_FULL', {}, { cause: error });
        throw error;
      }
    },

    read,

    async readVerified(hash) {
      const digest = createHash('sha256');
      for await (const chunk of await read(hash)) digest.update(chunk as Uint8Array);
      const actual = digest.digest('hex');
      if (actual !== hash) throw new DescentError('ARTIFACT_DAMAGED', { hash, actual });
      return read(hash);
    },

    size,
    pathOf: fileOf,

    async *list() {
      for (const name of await readdir(folder, { recursive: true })) {
        const hash = path.basename(name);
        if (/^[0-9a-f]{64}$/.test(hash)) yield hash;
      }
    },

    async delete(hash) {
      const there = (await size(hash)) !== null;
      await rm(fileOf(hash), { force: true });
      return there;
    },

    async probe() {
      const file = path.join(incoming, randomUUID());
      await (await open(file, 'wx')).close();
      await rm(file);
    },
  };
}

async function writeDurably(
  source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  file: string,
  limitBytes: number,
): Promise<StoredArtifact> {
  const digest = createHash('sha256');
  let bytes = 0;
  const handle = await open(file, 'wx');
  try {
    for await (const chunk of source) {
      bytes += chunk.byteLength;
      if (bytes > limitBytes) throw new DescentError('REQUEST_TOO_LARGE', { limitBytes });
      digest.update(chunk);
      await writeWhole(handle, chunk);
    }
    await handle.sync();
  } finally {
    await handle.close();
  }
  return { hash: digest.digest('hex'), bytes };
}

/** `write` may write less than it was given. */
async function writeWhole(handle: Awaited<ReturnType<typeof open>>, chunk: Uint8Array): Promise<void> {
  for (let offset = 0; offset < chunk.byteLength; ) {
    const { bytesWritten } = await handle.write(chunk, offset);
    offset += bytesWritten;
  }
}

/** Folders made on the way are entries of their parents, which have to be on the disk too. */
async function syncUp(from: string, top: string): Promise<void> {
  for (let folder = from; ; folder = path.dirname(folder)) {
    await syncFolder(folder);
    if (folder === top || folder === path.dirname(folder)) return;
  }
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
