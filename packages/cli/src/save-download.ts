import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Download } from '@descent/client';
import { DescentError } from '@descent/errors';
import { messageOf } from './stack/data-folder.ts';

/** Under another name until it is whole, so that no half file is taken for a whole one. */
export async function saveDownload(download: Download, path: string, signal: AbortSignal): Promise<number> {
  const temporary = `${path}.part`;
  const file = createWriteStream(temporary);
  try {
    await pipeline(Readable.fromWeb(download.stream), file, { signal });
    if (download.bytes !== null && download.bytes !== file.bytesWritten) {
      throw new Error(`${file.bytesWritten} of ${download.bytes} bytes came`);
    }
    await rename(temporary, path);
    return file.bytesWritten;
  } catch (cause) {
    await rm(temporary, { force: true });
    signal.throwIfAborted();
    throw new DescentError('FILE_UNWRITABLE', { path, problem: messageOf(cause) }, { cause });
  }
}
