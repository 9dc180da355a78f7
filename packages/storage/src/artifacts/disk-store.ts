import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { DescentError } from '@descent/errors';
import type { ArtifactStore } from './artifact-store.ts';
import { checkHash, codeOf, syncFolder, syncUp, writeDurably, writeError } from './durable-file.ts';

/**
 * Files in a folder. A file under its final name is whole and on the disk; a crash at any moment leaves at most a
 * temporary file, which the next sweep takes away.
 */
export async function openDiskStore(folder: string): Promise<ArtifactStore> {
  const incoming = path.join(folder, 'incoming');
  await mkdir(incoming, { recursive: true });

  const fileOf = (hash: string): string => {
    checkHash(hash);
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
        // On a disk that is broken this may fail too: the next sweep takes it away, and the caller is told why the write failed.
        await rm(temporary, { force: true }).catch(() => undefined);
        throw writeError(error);
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

    async readWhole(hash) {
      try {
        return await readFile(fileOf(hash));
      } catch (cause) {
        if (codeOf(cause) === 'ENOENT') throw new DescentError('ARTIFACT_NOT_FOUND', { hash }, { cause });
        throw cause;
      }
    },

    size,

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

    async sweep() {
      for (const name of await readdir(incoming)) await rm(path.join(incoming, name), { force: true });
    },

    async probe() {
      const file = path.join(incoming, randomUUID());
      try {
        await (await open(file, 'wx')).close();
      } finally {
        // A sweep may have been faster.
        await rm(file, { force: true });
      }
    },
  };
}
