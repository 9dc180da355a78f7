import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import type { ColumnDtype } from '@descent/contracts';
import { DescentError } from '@descent/errors';
import { createByteReader, openFile } from './byte-reader.ts';
import { allocateColumn, type ColumnArray } from './column.ts';
import type { ColumnSource } from './split-source.ts';

interface IdxElement {
  readonly dtype: ColumnDtype;
  readonly bytes: number;
  readonly read: (view: DataView, offset: number) => number;
}

/** Element types by the third byte of the magic number; all of them big-endian. */
const idxElements: ReadonlyMap<number, IdxElement> = new Map([
  [0x08, { dtype: 'uint8', bytes: 1, read: (view, offset) => view.getUint8(offset) }],
  [0x09, { dtype: 'int32', bytes: 1, read: (view, offset) => view.getInt8(offset) }],
  [0x0b, { dtype: 'int32', bytes: 2, read: (view, offset) => view.getInt16(offset) }],
  [0x0c, { dtype: 'int32', bytes: 4, read: (view, offset) => view.getInt32(offset) }],
  [0x0d, { dtype: 'float32', bytes: 4, read: (view, offset) => view.getFloat32(offset) }],
  [0x0e, { dtype: 'float32', bytes: 8, read: (view, offset) => view.getFloat64(offset) }],
]);

interface IdxHeader {
  readonly element: IdxElement;
  readonly count: number;
  readonly shape: number[];
  readonly bytes: number;
}

const maxSampleBytes = 64 * 1024 ** 2;

/**
 * Opens an IDX file (LeCun's format of MNIST; gzip too) as one column. `shape` renames the axes of a sample, say
 * [28, 28] to [28, 28, 1]. The samples stream: memory is one block. Throws IDX_INVALID, DATA_TOO_LARGE.
 */
export async function openIdx(
  path: string,
  { column, shape, dtype }: { readonly column: string; readonly shape?: number[]; readonly dtype?: 'int32' },
): Promise<ColumnSource> {
  const file = basename(path);
  const header = await withReader(path, async (read, packed) => {
    const parsed = await readHeader(read, file);
    const { size } = await stat(path);
    const expected = parsed.bytes + parsed.count * elementsOf(parsed.shape) * parsed.element.bytes;
    if (!packed && size !== expected)
      throw invalid(file, `its header asks for ${expected} bytes; it has ${size}`);
    return parsed;
  });
  const elements = elementsOf(header.shape);
  const layout = { name: column, dtype: dtype ?? header.element.dtype, shape: shape ?? header.shape };
  return {
    layout,
    count: header.count,
    async *blocks(blockSamples) {
      const { stream } = await openFile(path);
      const reader = createByteReader(stream);
      try {
        await reader.read(header.bytes);
        for (let start = 0; start < header.count; start += blockSamples) {
          const length = Math.min(blockSamples, header.count - start) * elements;
          const bytes = await reader.read(length * header.element.bytes);
          if (bytes.byteLength < length * header.element.bytes) {
            throw invalid(
              file,
              `it ends before sample ${start + Math.floor(bytes.byteLength / elements / header.element.bytes)}`,
            );
          }
          yield decode(bytes, length, header.element, layout.dtype);
        }
        if ((await reader.read(1)).byteLength > 0) throw invalid(file, 'more bytes follow its last sample');
      } catch (cause) {
        throw translate(file, cause);
      } finally {
        await reader.close();
      }
    },
  };
}

type Read = (length: number) => Promise<Buffer>;

async function withReader<T>(path: string, use: (read: Read, packed: boolean) => Promise<T>): Promise<T> {
  const { stream, packed } = await openFile(path);
  const reader = createByteReader(stream);
  try {
    return await use((length) => reader.read(length), packed);
  } catch (cause) {
    throw translate(basename(path), cause);
  } finally {
    await reader.close();
  }
}

async function readHeader(read: Read, file: string): Promise<IdxHeader> {
  const magic = await read(4);
  const element = idxElements.get(magic[2] ?? 0);
  const rank = magic[3] ?? 0;
  if (magic.byteLength < 4 || magic[0] !== 0 || magic[1] !== 0 || element === undefined) {
    throw invalid(file, 'it does not start as an IDX file');
  }
  if (rank < 1 || rank > 7) throw invalid(file, `it has ${rank} axes; 1 to 7 are possible`);
  const sizes = await read(rank * 4);
  if (sizes.byteLength < rank * 4) throw invalid(file, 'it ends within its header');
  const [count, ...shape] = Array.from({ length: rank }, (_, axis) => sizes.readUInt32BE(axis * 4));
  if (count === 0 || shape.includes(0)) throw new DescentError('DATA_EMPTY', { part: `IDX file ${file}` });
  const sampleBytes = elementsOf(shape) * element.bytes;
  if (sampleBytes > maxSampleBytes) {
    throw new DescentError('DATA_TOO_LARGE', {
      part: `A sample of IDX file ${file}`,
      actual: `${sampleBytes} bytes`,
      limit: `${maxSampleBytes} bytes`,
    });
  }
  return { element, count: count!, shape, bytes: 4 + rank * 4 };
}

function decode(bytes: Buffer, length: number, element: IdxElement, dtype: ColumnDtype): ColumnArray {
  if (dtype === 'uint8') return bytes;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const data = allocateColumn(dtype, length);
  for (let i = 0; i < length; i++) data[i] = element.read(view, i * element.bytes);
  return data;
}

function elementsOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

function translate(file: string, cause: unknown): unknown {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  return code.startsWith('Z_') ? invalid(file, 'its gzip data is damaged', cause) : cause;
}

function invalid(file: string, problem: string, cause?: unknown): DescentError {
  return new DescentError('IDX_INVALID', { file, problem }, { cause });
}
