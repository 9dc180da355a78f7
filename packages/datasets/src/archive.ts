import { stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { DescentError } from '@descent/errors';
import { openZip, zipContent, zipEntries } from '@descent/tensors';
import { extract, type Header } from 'tar-stream';
import { openFile, readStart } from './byte-reader.ts';

/** A file in an archive. */
export interface ArchiveFile {
  /** With its folders, `/` between. */
  readonly name: string;
  readonly bytes: number;
  /** Its content; only until the next file is asked for. */
  readonly read: () => Promise<Buffer>;
}

const maxEntries = 1_000_000;
export const maxFileBytes = 64 * 1024 ** 2;
/** Pictures hardly shrink: what grows more than this is a bomb. The first part is for small archives. */
const maxGrowth = 20;
const freeBytes = 256 * 1024 ** 2;
/** Extended headers of tar between two files, and what a stream reads ahead. */
const maxHeaderBytes = 4 * 1024 ** 2;

/**
 * The files of a zip or tar archive (gzip too) in its order, without folders. Nothing is written to the disk. Hidden files and what
 * macOS adds are passed over. Throws ARCHIVE_REFUSED for links, names that are not plain relative paths, names that occur
 * twice, files of more than 64 MiB, and archives that unpack to twenty times their size.
 */
export async function* archiveFiles(path: string): AsyncGenerator<ArchiveFile> {
  const isZip = (await readStart(path, 2)).toString('latin1') === 'PK';
  const limit = freeBytes + maxGrowth * (await stat(path)).size;
  let unpacked = 0;
  for await (const file of isZip ? zipFiles(path) : tarFiles(path)) {
    if (file.bytes > maxFileBytes) {
      throw refused(`"${file.name}" has ${file.bytes} bytes; at most ${maxFileBytes} are allowed`);
    }
    unpacked += file.bytes;
    if (unpacked > limit) throw refused(`it would grow to ${unpacked} bytes or more`);
    if (!isHidden(file.name)) yield file;
  }
}

async function* zipFiles(path: string): AsyncGenerator<ArchiveFile> {
  const zip = await openZip(path);
  try {
    for await (const entry of zipEntries(zip, maxEntries)) {
      yield {
        name: entry.fileName,
        bytes: entry.uncompressedSize,
        read: () => collect(zipContent(zip, entry)),
      };
    }
  } finally {
    zip.close();
  }
}

async function* tarFiles(path: string): AsyncGenerator<ArchiveFile> {
  const { stream } = await openFile(path);
  const archive = extract();
  let budget = maxHeaderBytes;
  // Extended headers are kept in memory by the parser: it is fed no more than they may take.
  const fed = pipeline(
    stream,
    async function* (source: AsyncIterable<Buffer>) {
      for await (const chunk of source) {
        for (let at = 0; at < chunk.byteLength; at += feedBytes) {
          const piece = chunk.subarray(at, at + feedBytes);
          budget -= piece.byteLength;
          if (budget < 0) throw refused('its headers are too long');
          yield piece;
        }
      }
    },
    archive,
  );
  fed.catch(() => undefined);
  const names = new Set<string>();
  try {
    for await (const entry of archive) {
      const header = entry.header;
      const { name, size = 0 } = header;
      budget = maxHeaderBytes + size;
      checkEntry(header, names);
      let consumed = false;
      if (header.type !== 'directory') {
        yield {
          name: name.replace(/^\.\//, ''),
          bytes: size,
          read: async () => {
            consumed = true;
            try {
              return await collect(entry as AsyncIterable<Buffer>);
            } catch (cause) {
              throw await translated(cause, fed);
            }
          },
        };
      }
      if (!consumed) entry.resume();
    }
    await fed;
  } catch (cause) {
    throw await translated(cause, fed);
  } finally {
    archive.destroy();
    stream.destroy();
  }
}

const feedBytes = 65_536;

function checkEntry({ name, type, size = 0 }: Header, names: Set<string>): void {
  if (type !== 'file' && type !== 'directory' && type !== 'contiguous-file')
    throw refused(`"${name}" is a ${type}; only files and folders are read`);
  const parts = name.split('/');
  if (name.startsWith('/') || parts.includes('..') || name.includes('\\') || name.includes('\0'))
    throw refused(`"${name}" is not a relative path inside the archive`);
  if (type === 'directory') return;
  if (names.has(name)) throw refused(`"${name}" occurs twice`);
  names.add(name);
  if (names.size > maxEntries) throw refused(`it has more than ${maxEntries} entries`);
  if (size > maxFileBytes) throw refused(`"${name}" has ${size} bytes; at most ${maxFileBytes} are allowed`);
}

/** The parser says what is wrong with the archive; what feeds it may have failed before. */
async function translated(cause: unknown, fed: Promise<void>): Promise<unknown> {
  if (cause instanceof DescentError) return cause;
  const feeding = await Promise.race([fed.then(() => undefined).catch((error: unknown) => error), undefined]);
  if (feeding instanceof DescentError) return feeding;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  if (code.startsWith('Z_')) return refused('its gzip data is damaged', cause);
  if (cause instanceof Error && 'syscall' in cause) return cause;
  return refused(cause instanceof Error ? cause.message : String(cause), cause);
}

async function collect(chunks: AsyncIterable<Buffer>): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const chunk of chunks) parts.push(chunk);
  return Buffer.concat(parts);
}

/** `.DS_Store`, `._photo.png`, `__MACOSX/…`, `Thumbs.db` */
function isHidden(name: string): boolean {
  return name
    .split('/')
    .some((part) => part.startsWith('.') || part === '__MACOSX' || part === 'Thumbs.db' || part === '');
}

function refused(problem: string, cause?: unknown): DescentError {
  return new DescentError('ARCHIVE_REFUSED', { problem }, { cause });
}
