import { createWriteStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { DescentError, isDescentError } from '@descent/errors';

/**
 * Streams an upload to a new file. Resolves with its length.
 * @throws DescentError REQUEST_TOO_LARGE, STORAGE_FULL, REQUEST_MALFORMED when it breaks off
 */
export async function receiveFile(content: Readable, file: string, limitBytes: number): Promise<number> {
  let bytes = 0;
  const counted = async function* (source: AsyncIterable<Uint8Array>) {
    for await (const chunk of source) {
      bytes += chunk.byteLength;
      if (bytes > limitBytes) throw new DescentError('REQUEST_TOO_LARGE', { limitBytes });
      yield chunk;
    }
  };
  try {
    await pipeline(content, counted, createWriteStream(file, { flags: 'wx', mode: 0o600 }));
    return bytes;
  } catch (cause) {
    if (isDescentError(cause)) throw cause;
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
    if (code === 'ENOSPC') throw new DescentError('STORAGE_FULL', {}, { cause });
    throw new DescentError('REQUEST_MALFORMED', { problem: 'the upload broke off' }, { cause });
  }
}
