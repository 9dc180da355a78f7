import type { ColumnMetaData } from 'hyparquet';
import { parquetHeader } from 'hyparquet/src/column.js';
import { checkValues, type PagedColumn } from './parquet-values.ts';
import { structEnd } from './thrift.ts';

/** Of one page, unpacked; writers aim at 1 MiB. */
const maxPageBytes = 256 * 1024 ** 2;
/** Of one page: 16 times as many as writers put in a whole row group. */
const maxPageValues = 2 ** 24;

/**
 * What is wrong with the pages of a column chunk, before the decoder sees them: its memory and time are what they claim, and a
 * page of a few bytes can claim 2^31 values. One page is unpacked at a time. `bytes` is the whole chunk.
 */
export function pageProblem(bytes: Uint8Array, rows: number, column: PagedColumn): string | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const reader = { view, offset: 0 };
  let values = 0;
  while (reader.offset < bytes.byteLength - 1 && values < rows) {
    const at = reader.offset;
    structEnd(view, at);
    const header = parquetHeader(reader);
    const packed = Number(header.compressed_page_size);
    const unpacked = Number(header.uncompressed_page_size);
    const place = `the page at byte ${at} of its chunk`;
    if (!(packed >= 0) || reader.offset + packed > bytes.byteLength) return `${place} ends behind it`;
    if (!(unpacked >= 0) || unpacked > maxPageBytes) {
      return `${place} would unpack to ${unpacked} bytes; at most ${maxPageBytes} are allowed`;
    }
    const dictionary = header.dictionary_page_header?.num_values ?? 0;
    if (dictionary < 0 || dictionary > unpacked)
      return `${place} has ${dictionary} values in ${unpacked} bytes`;
    const counts = [header.data_page_header?.num_values, header.data_page_header_v2?.num_values];
    const count = counts.find((number) => number !== undefined) ?? 0;
    const pageRows = header.data_page_header_v2?.num_rows ?? count;
    if (count > maxPageValues) return `${place} has ${count} values; at most ${maxPageValues} are allowed`;
    if (count < 0 || pageRows !== count) return `${place} has ${count} values in ${pageRows} rows`;
    values += count;
    if (values > rows) return `${place} holds more values than its row group has rows (${rows})`;
    try {
      checkValues(bytes.subarray(reader.offset, reader.offset + packed), header, column);
    } catch (error) {
      return `${place} is damaged: ${error instanceof Error ? error.message : String(error)}`;
    }
    reader.offset += packed;
  }
  return values === rows ? undefined : `it holds ${values} values; its row group has ${rows} rows`;
}

/** The bytes of a column chunk within the file. */
export function chunkRange(column: ColumnMetaData): { readonly start: number; readonly end: number } {
  const start = Number(column.dictionary_page_offset ?? column.data_page_offset);
  return { start, end: start + Number(column.total_compressed_size) };
}
