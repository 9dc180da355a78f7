import { open } from 'node:fs/promises';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { DescentError } from '@descent/errors';
import { decompress as decompressZstd } from 'fzstd';
import {
  type AsyncBuffer,
  type CompressionCodec,
  type Compressors,
  type FileMetaData,
  parquetMetadataAsync,
  parquetRead,
  parquetSchema,
  type SchemaTree,
} from 'hyparquet';
import { shorten } from './learned-column.ts';
import { chunkRange, pageProblem } from './parquet-pages.ts';
import { unpackSnappy } from './snappy.ts';
import type { TableFile } from './table.ts';
import { structEnd } from './thrift.ts';
import type { RowValue } from './value-column.ts';
import { type ValueRow, valueTable } from './value-table.ts';

const maxFooterBytes = 64 * 1024 ** 2;
const maxChunkBytes = 256 * 1024 ** 2;
const maxColumns = 16_384;
/** Values in memory at once, as JavaScript objects. */
const maxValues = 512 * 1024;

/** A copy: the decoder looks at the memory around what zlib returns, which others may have used before. */
const exactly = (bytes: Uint8Array) => new Uint8Array(bytes);
const compressors: Compressors = {
  SNAPPY: unpackSnappy,
  GZIP: (input, length) => exactly(gunzipSync(input, { maxOutputLength: Math.max(1, length) })),
  BROTLI: (input, length) => exactly(brotliDecompressSync(input, { maxOutputLength: Math.max(1, length) })),
  ZSTD: (input, length) => decompressZstd(input, new Uint8Array(length)),
};
const codecs = ['UNCOMPRESSED', ...Object.keys(compressors)];

/**
 * An Apache Parquet file of flat columns, read one part of a row group at a time. NaN and null are missing.
 * Throws PARQUET_INVALID (damaged, nested or of another codec); while reading CELL_INVALID, DATA_TOO_LARGE.
 */
export async function openParquet(path: string): Promise<TableFile> {
  const { metadata, names, fields } = await withFile(path, async (file) => {
    const metadata = await readMetadata(file);
    const schema = parquetSchema(metadata);
    const names = flatNames(schema);
    checkGroups(metadata, names);
    return { metadata, names, fields: schema.children };
  });

  async function* rows(): AsyncGenerator<ValueRow> {
    const handle = await open(path);
    try {
      const file = bufferOf(handle, (await handle.stat()).size);
      let start = 0;
      for (const group of metadata.row_groups) {
        const count = Number(group.num_rows);
        await translated(() => checkPages(file, group, names, fields));
        const step = Math.max(1, Math.floor(maxValues / names.length));
        for (let from = start; from < start + count; from += step) {
          const to = Math.min(start + count, from + step);
          const part = await translated(() => readRows(file, metadata, [...names], from, to));
          if (part.length !== to - from) throw invalid(`rows ${from + 1} to ${to} are not there`);
          for (const [r, values] of part.entries()) yield { row: from + r + 1, values };
        }
        start += count;
      }
    } finally {
      await handle.close();
    }
  }
  return valueTable(names, rows);
}

type Handle = Awaited<ReturnType<typeof open>>;

async function withFile<T>(path: string, use: (file: AsyncBuffer) => Promise<T>): Promise<T> {
  const handle = await open(path);
  try {
    const { size } = await handle.stat();
    return await translated(() => use(bufferOf(handle, size)));
  } finally {
    await handle.close();
  }
}

function bufferOf(handle: Handle, byteLength: number): AsyncBuffer {
  return {
    byteLength,
    async slice(start, end = byteLength) {
      const length = end - start;
      if (!(start >= 0 && length >= 0 && end <= byteLength)) {
        throw invalid(`bytes ${start} to ${end} lie outside of the file (${byteLength} bytes)`);
      }
      const bytes = new Uint8Array(length);
      const { bytesRead } = await handle.read(bytes, 0, length, start);
      if (bytesRead !== length) throw invalid('the file changed while it was read');
      return bytes.buffer;
    },
  };
}

async function readMetadata(file: AsyncBuffer): Promise<FileMetaData> {
  if (file.byteLength < 12) throw invalid('it is too short');
  const footer = new DataView(await file.slice(file.byteLength - 8, file.byteLength));
  const length = footer.getUint32(0, true);
  if (footer.getUint32(4, true) !== 0x31524150) throw invalid('it does not end as a Parquet file');
  if (length > Math.min(maxFooterBytes, file.byteLength - 12)) {
    throw invalid(`its footer would have ${length} bytes`);
  }
  const end = file.byteLength - 8;
  structEnd(new DataView(await file.slice(end - length, end)), 0);
  // Geographic columns would be walked by numbers of children that nobody has checked.
  return parquetMetadataAsync(file, { initialFetchSize: length + 8, geoparquet: false });
}

function flatNames({ children }: SchemaTree): string[] {
  if (children.length === 0) throw new DescentError('DATA_EMPTY', { part: 'the file: it has no columns' });
  if (children.length > maxColumns) {
    throw invalid(`it has ${children.length} columns; at most ${maxColumns} are allowed`);
  }
  return children.map(({ element, children: fields }, c) => {
    // A damaged footer may lack what its types promise.
    if (typeof element.name !== 'string') throw invalid(`column ${c + 1} has no name`);
    if (fields.length > 0 || element.repetition_type === 'REPEATED') {
      throw invalid(`column "${shorten(element.name)}" is nested (a list, map or struct)`);
    }
    return element.name;
  });
}

function checkGroups({ row_groups, num_rows }: FileMetaData, names: readonly string[]): void {
  let rows = 0;
  for (const [g, group] of row_groups.entries()) {
    const count = Number(group.num_rows);
    if (!Number.isSafeInteger(count) || count < 0) throw invalid(`row group ${g} has ${count} rows`);
    rows += count;
    if (group.columns.length !== names.length) {
      throw invalid(`row group ${g} has ${group.columns.length} columns; the schema has ${names.length}`);
    }
    for (const [c, { meta_data: column, file_path: elsewhere }] of group.columns.entries()) {
      const name = shorten(names[c]!);
      if (column === undefined || elsewhere !== undefined)
        throw invalid(`column "${name}" is in another file`);
      if (column.path_in_schema.join('.') !== names[c])
        throw invalid(`row group ${g} lacks column "${name}"`);
      if (!codecs.includes(column.codec)) {
        throw invalid(`column "${name}" is packed with ${column.codec}; known are ${codecs.join(', ')}`);
      }
      const { start, end } = chunkRange(column);
      if (!(end - start <= maxChunkBytes && start >= 0 && end >= start)) {
        throw invalid(
          `column "${name}" of row group ${g} has ${end - start} bytes; the limit is ${maxChunkBytes}`,
        );
      }
    }
  }
  if (rows !== Number(num_rows)) throw invalid(`its row groups have ${rows} rows; the file says ${num_rows}`);
  if (rows === 0) throw new DescentError('DATA_EMPTY', { part: 'the file' });
}

async function checkPages(
  file: AsyncBuffer,
  group: FileMetaData['row_groups'][number],
  names: readonly string[],
  fields: readonly SchemaTree[],
): Promise<void> {
  for (const [c, { meta_data: column }] of group.columns.entries()) {
    if (column === undefined) continue;
    const { start, end } = chunkRange(column);
    const { type, type_length: typeLength, repetition_type: repetition } = fields[c]!.element;
    if (type !== column.type) throw invalid(`column "${shorten(names[c]!)}" changes its type`);
    const chunk = new Uint8Array(await file.slice(start, end));
    const problem = pageProblem(chunk, Number(group.num_rows), {
      type,
      typeLength,
      optional: repetition !== 'REQUIRED',
      unpack: (packed, length) => unpack(column.codec, packed, length),
    });
    if (problem !== undefined) throw invalid(`column "${shorten(names[c]!)}": ${problem}`);
  }
}

function unpack(codec: CompressionCodec, packed: Uint8Array, length: number): Uint8Array {
  const page = compressors[codec]?.(packed, length) ?? packed;
  if (page.length !== length) throw new RangeError(`it unpacks to ${page.length} bytes and not ${length}`);
  return page;
}

async function readRows(
  file: AsyncBuffer,
  metadata: FileMetaData,
  columns: string[],
  rowStart: number,
  rowEnd: number,
): Promise<RowValue[][]> {
  let part: RowValue[][] = [];
  await parquetRead({
    file,
    metadata,
    columns,
    rowStart,
    rowEnd,
    compressors,
    onComplete(rows: RowValue[][]) {
      part = rows;
    },
  });
  for (const row of part) {
    for (const [c, value] of row.entries()) if (Number.isNaN(value)) row[c] = null;
  }
  return part;
}

/** What the library throws for damaged bytes, out-of-range reads included, becomes one error. */
async function translated<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (cause) {
    if (cause instanceof DescentError) throw cause;
    throw invalid(cause instanceof Error ? shorten(cause.message) : 'it is damaged', cause);
  }
}

function invalid(problem: string, cause?: unknown): DescentError {
  return new DescentError('PARQUET_INVALID', { problem }, { cause });
}
