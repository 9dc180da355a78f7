import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { DescentError } from '@descent/errors';
import { arrayView, dtypes, readSafetensorsHeader } from '@descent/tensors';
import { readStart } from './byte-reader.ts';
import { namedColumns } from './named-columns.ts';
import type { SplitSource } from './split-source.ts';
import { streamedColumn } from './streamed-array.ts';

const maxHeaderBytes = 16 * 1024 ** 2;

/**
 * The tensors of a safetensors file, streamed, in the order of their data. A tensor named `column` is a column of the split,
 * `other.column` one of split `other`. Throws SAFETENSORS_INVALID, COLUMN_NAME_INVALID, DATA_EMPTY, DATA_TOO_LARGE.
 */
export async function openSafetensors(path: string, split: string): Promise<SplitSource[]> {
  const { size } = await stat(path);
  const prefix = await readStart(path, 8);
  const declared = prefix.byteLength < 8 ? 0n : prefix.readBigUInt64LE(0);
  // A header that is too long is refused by its first eight bytes.
  const headerBytes = declared > BigInt(maxHeaderBytes) ? 0 : Number(declared);
  const start = await readStart(path, 8 + Math.min(headerBytes, size));
  const { entries, dataStart } = readSafetensorsHeader(start, size, maxHeaderBytes);
  const byName = new Map(entries.map((entry) => [entry.name, entry]));
  return namedColumns('the file', [...byName.keys()], split, async (name, place) => {
    const { dtype, shape, begin, end } = byName.get(name)!;
    return streamedColumn(place.split, place.column, {
      dtype,
      shape,
      elementBytes: dtypes[dtype].bytes,
      decode: (bytes, elements) => arrayView(dtype, bytes, 0, elements),
      open: () => createReadStream(path, { start: dataStart + begin, end: Math.max(0, dataStart + end - 1) }),
      cut: (problem) => new DescentError('SAFETENSORS_INVALID', { problem: `tensor "${name}": ${problem}` }),
    });
  });
}
