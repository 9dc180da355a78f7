import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import path from 'node:path';
import { DescentError } from '@descent/errors';
import type { StoredArtifact } from './artifact-store.ts';

/** Writes a source to a new file, and to the disk, and says what it is. REQUEST_TOO_LARGE above `limitBytes`. */
export async function writeDurably(
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
export async function syncUp(from: string, top: string): Promise<void> {
  for (let folder = from; ; folder = path.dirname(folder)) {
    await syncFolder(folder);
    if (folder === top || folder === path.dirname(folder)) return;
  }
}

export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** The error of a write in our words. */
export function writeError(error: unknown): unknown {
  return codeOf(error) === 'ENOSPC' ? new DescentError('STORAGE_FULL', {}, { cause: error }) : error;
}

export function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}

/** Names of artifacts come from requests too. @throws DescentError ARTIFACT_NOT_FOUND */
export function checkHash(hash: string): string {
  if (!/^[0-9a-f]{64}$/.test(hash)) throw new DescentError('ARTIFACT_NOT_FOUND', { hash });
  return hash;
}
