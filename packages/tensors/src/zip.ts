import { crc32 } from 'node:zlib';
import { DescentError } from '@descent/errors';
import yauzl from 'yauzl';

export type ZipFile = yauzl.ZipFile;
export type ZipEntry = yauzl.Entry;

/** Opens a zip archive from a path or from memory. Nothing is read but its directory's place. Throws ARCHIVE_REFUSED. */
export async function openZip(source: string | Uint8Array): Promise<ZipFile> {
  // Opening lazily leaves the entries to `zipEntries`; `autoClose` would close the file after the last of them.
  const options = { lazyEntries: true, autoClose: false, validateEntrySizes: true, strictFileNames: true };
  try {
    if (typeof source === 'string') return await yauzl.openPromise(source, options);
    return await yauzl.fromBufferPromise(
      Buffer.from(source.buffer, source.byteOffset, source.byteLength),
      options,
    );
  } catch (cause) {
    if (isSystemError(cause)) throw cause;
    throw refused(messageOf(cause), cause);
  }
}

/**
 * The files of an archive in the order of its directory, which must be plain: at most `maxEntries`, each name once,
 * relative and without `..`, no links, nothing encrypted. Throws ARCHIVE_REFUSED.
 */
export async function* zipEntries(zip: ZipFile, maxEntries: number): AsyncGenerator<ZipEntry> {
  if (zip.entryCount > maxEntries) {
    throw refused(`it has ${zip.entryCount} entries; at most ${maxEntries} are allowed`);
  }
  const names = new Set<string>();
  try {
    for await (const entry of zip.eachEntry()) {
      const { fileName } = entry;
      if (fileName.endsWith('/')) continue;
      if (names.has(fileName)) throw refused(`"${fileName}" occurs twice`);
      names.add(fileName);
      if (entry.isEncrypted()) throw refused(`"${fileName}" is encrypted`);
      if (!entry.canDecodeFileData())
        throw refused(`"${fileName}" is packed by method ${entry.compressionMethod}`);
      // The upper half of the attributes is the Unix mode where the archive was made on Unix.
      if (((entry.externalFileAttributes >>> 28) & 0xf) === symbolicLink)
        throw refused(`"${fileName}" is a link`);
      yield entry;
    }
  } catch (cause) {
    if (cause instanceof DescentError || isSystemError(cause)) throw cause;
    throw refused(messageOf(cause), cause);
  }
}

const symbolicLink = 0xa;

/**
 * The unpacked content of an entry in chunks. At its end it is as long as it declared and matches its checksum, or this
 * throws ARCHIVE_REFUSED.
 */
export async function* zipContent(zip: ZipFile, entry: ZipEntry): AsyncGenerator<Buffer> {
  const { fileName, uncompressedSize } = entry;
  let length = 0;
  let check = 0;
  try {
    for await (const chunk of (await zip.openReadStreamPromise(entry)) as AsyncIterable<Buffer>) {
      length += chunk.byteLength;
      if (length > uncompressedSize) throw refused(`"${fileName}" is longer than it declares`);
      check = crc32(chunk, check);
      yield chunk;
    }
  } catch (cause) {
    if (cause instanceof DescentError || isSystemError(cause)) throw cause;
    throw refused(`"${fileName}" cannot be unpacked: ${messageOf(cause)}`, cause);
  }
  if (length < uncompressedSize) throw refused(`"${fileName}" is shorter than it declares`);
  if (check !== entry.crc32) throw refused(`"${fileName}" does not match its checksum`);
}

/** ENOENT and its like say something about the machine, not about the archive. */
function isSystemError(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function refused(problem: string, cause?: unknown): DescentError {
  return new DescentError('ARCHIVE_REFUSED', { problem }, { cause });
}
