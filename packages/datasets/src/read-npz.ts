import { npzEntries, openZip, type ZipEntry, type ZipFile, zipContent } from '@descent/tensors';
import { createByteReader } from './byte-reader.ts';
import { namedColumns } from './named-columns.ts';
import { npyColumn, npyStartBytes } from './read-npy.ts';
import type { SplitSource } from './split-source.ts';

/** Of all arrays of an archive, unpacked; they are streamed, so this bounds time and disk. */
const maxArchiveBytes = 64 * 1024 ** 3;

/**
 * The arrays of an NPZ file, streamed. The key `column` is a column of the split, `other.column` one of split `other`.
 * `whenDone` is given what closes the file. Throws ARCHIVE_REFUSED, NPY_INVALID, NPY_OBJECT_ARRAY, COLUMN_NAME_INVALID.
 */
export async function openNpz(
  path: string,
  split: string,
  whenDone: (close: () => void) => void,
): Promise<SplitSource[]> {
  const zip = await openZip(path);
  whenDone(() => zip.close());
  const entries = await npzEntries(zip, { maxBytes: maxArchiveBytes });
  return namedColumns('the archive', [...entries.keys()], split, async (key, place) => {
    const entry = entries.get(key)!;
    return npyColumn(place.split, place.column, {
      bytes: entry.uncompressedSize,
      start: await startOf(zip, entry),
      open: (from) => contentFrom(zip, entry, from),
    });
  });
}

async function startOf(zip: ZipFile, entry: ZipEntry): Promise<Buffer> {
  const reader = createByteReader(zipContent(zip, entry));
  try {
    return await reader.read(npyStartBytes);
  } finally {
    await reader.close();
  }
}

async function* contentFrom(zip: ZipFile, entry: ZipEntry, from: number): AsyncGenerator<Buffer> {
  let skip = from;
  for await (const chunk of zipContent(zip, entry)) {
    if (skip < chunk.byteLength) yield skip === 0 ? chunk : chunk.subarray(skip);
    skip = Math.max(0, skip - chunk.byteLength);
  }
}
