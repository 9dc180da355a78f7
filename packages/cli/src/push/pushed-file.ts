import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { relative, sep } from 'node:path';
import type { PushedFile } from '@descent/client';
import { pack } from 'tar-stream';
import type { LocalFile } from './list-files.ts';

/** A file as it is sent: one stream from where it goes on to its end. */
export async function pushedFile(file: LocalFile): Promise<PushedFile> {
  return {
    name: file.name,
    bytes: await lengthOf(file),
    read: (offset, onSent) => counted(readFrom(file, offset), offset, onSent),
  };
}

/** The bytes of a file, or of the archive of a folder, which are the same each time it is read. */
async function* readFrom(file: LocalFile, offset = 0): AsyncGenerator<Uint8Array> {
  if (file.archiveOf === undefined) {
    yield* createReadStream(file.paths[0]!, { start: offset, highWaterMark: 256 * 1024 });
    return;
  }
  let skip = offset;
  for await (const chunk of archive(file.archiveOf, file.paths)) {
    if (skip < chunk.byteLength) yield chunk.subarray(skip);
    skip = Math.max(0, skip - chunk.byteLength);
  }
}

/** Of an archive: found by writing it to nowhere, for names decide the size of its headers. */
async function lengthOf(file: LocalFile): Promise<number> {
  if (file.archiveOf === undefined) return (await stat(file.paths[0]!)).size;
  let length = 0;
  for await (const chunk of archive(file.archiveOf, file.paths)) length += chunk.byteLength;
  return length;
}

async function* archive(root: string, paths: readonly string[]): AsyncGenerator<Uint8Array> {
  const stream = pack();
  const writing = (async () => {
    for (const path of paths) {
      const content = await readFile(path);
      const name = relative(root, path).split(sep).join('/');
      await new Promise<void>((done, failed) => {
        // No times, owners or modes of this machine.
        const header = { name, size: content.byteLength, mtime: new Date(0), mode: 0o644 };
        stream.entry(header, content, (error) => (error ? failed(error) : done()));
      });
    }
    stream.finalize();
  })();
  writing.catch((error: Error) => stream.destroy(error));
  for await (const chunk of stream) yield chunk as Uint8Array;
  await writing;
}

function counted(
  source: AsyncGenerator<Uint8Array>,
  offset: number,
  onSent: (offset: number) => void,
): ReadableStream<Uint8Array> {
  let sent = offset;
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await source.next();
      if (done === true) return controller.close();
      controller.enqueue(value);
      sent += value.byteLength;
      onSent(sent);
    },
    async cancel() {
      await source.return(undefined);
    },
  });
}
