import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { DescentError } from '@descent/errors';
import {
  arrayOf,
  arrayView,
  decodeNpy,
  type NpyHeader,
  npyElement,
  npyElementNames,
  parseNpyHeader,
} from '@descent/tensors';
import { arrayColumn } from './array-column.ts';
import { readStart } from './byte-reader.ts';
import type { ColumnSource } from './split-source.ts';
import { type StreamedArray, streamedColumn } from './streamed-array.ts';

/** Longest NPY header that is read, and some. */
export const npyStartBytes = 10_240;
/** An array in Fortran order is turned around in memory. */
const maxFortranBytes = 2 * 1024 ** 3;

/** Where an array in NPY's format lies: in a file of its own, or in an archive. */
export interface NpyContent {
  /** Length of the whole. */
  readonly bytes: number;
  /** Its first `npyStartBytes`, or all of it. */
  readonly start: Buffer;
  readonly open: (from: number) => AsyncIterable<Buffer>;
}

/** One NPY array as a column. Throws NPY_INVALID, NPY_OBJECT_ARRAY, DATA_EMPTY, DATA_TOO_LARGE. */
export async function openNpy(path: string, split: string, column: string): Promise<ColumnSource> {
  const { size } = await stat(path);
  const open = (from: number) => createReadStream(path, { start: from });
  return npyColumn(split, column, { bytes: size, start: await readStart(path, npyStartBytes), open });
}

export async function npyColumn(split: string, column: string, content: NpyContent): Promise<ColumnSource> {
  const header = parseNpyHeader(content.start, column);
  const array = streamedNpy(column, header, content);
  if (!header.fortranOrder || header.shape.length < 2) return streamedColumn(split, column, array);
  if (content.bytes > maxFortranBytes) {
    throw new DescentError('DATA_TOO_LARGE', {
      part: `Array "${column}", which is in Fortran order and has to be turned around in memory,`,
      actual: `${content.bytes} bytes`,
      limit: `${maxFortranBytes} bytes`,
    });
  }
  const parts: Buffer[] = [];
  for await (const part of content.open(0)) parts.push(part);
  return arrayColumn(split, column, decodeNpy(Buffer.concat(parts), column));
}

function streamedNpy(array: string, header: NpyHeader, content: NpyContent): StreamedArray {
  const { descr, elements, shape, dataStart } = header;
  const cut = (problem: string) => new DescentError('NPY_INVALID', { array, problem });
  const known = npyElement(descr);
  if (known === undefined) {
    throw cut(`elements of type ${descr} are not numbers that we read (${npyElementNames.join(', ')})`);
  }
  const { element, littleEndian } = known;
  const expected = elements * element.bytes;
  const actual = content.bytes - dataStart;
  if (actual !== expected)
    throw cut(`${elements} elements need ${expected} bytes; ${actual} follow the header`);
  const inPlace = element.same && (littleEndian || element.bytes === 1);
  return {
    dtype: element.dtype,
    shape,
    elementBytes: element.bytes,
    cut,
    open: () => content.open(dataStart),
    decode(bytes, count) {
      if (inPlace) return arrayView(element.dtype, bytes, 0, count);
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      const data = arrayOf(element.dtype, count);
      for (let i = 0; i < count; i++) data[i] = element.read(view, i * element.bytes, littleEndian);
      return data;
    },
  };
}
