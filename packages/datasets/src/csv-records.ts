import { pipeline } from 'node:stream';
import { DescentError } from '@descent/errors';
import { CsvError, parse } from 'csv-parse';
import { openFile } from './byte-reader.ts';

export interface CsvRecord {
  /** Counted from 1, the header; a quoted line break does not count, a blank line does. */
  readonly row: number;
  readonly cells: readonly string[];
}

/** A row of a million cells of ten characters is 10 MB; more is a quote that was never closed. */
const maxRecordBytes = 16 * 1024 ** 2;

/** The non-blank rows of a CSV or TSV file (RFC 4180, UTF-8, gzip too), streamed. Throws CSV_ROW_INVALID. */
export async function* csvRecords(path: string, delimiter: string): AsyncGenerator<CsvRecord> {
  const { stream } = await openFile(path);
  const parser = parse({
    delimiter,
    bom: true,
    // The number of cells is checked by the reader, which names the row.
    relax_column_count: true,
    skip_empty_lines: false,
    max_record_size: maxRecordBytes,
  });
  let row = 0;
  try {
    const records: AsyncIterable<string[]> = pipeline(stream, parser, () => {
      // A failure reaches the loop below as the error of the parser.
    });
    for await (const cells of records) {
      row++;
      if (cells.length === 1 && cells[0]!.trim() === '') continue;
      yield { row, cells };
    }
  } catch (cause) {
    if (!(cause instanceof CsvError)) {
      const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
      if (code.startsWith('Z_')) {
        throw new DescentError(
          'CSV_ROW_INVALID',
          { row: row + 1, problem: 'the gzip data is damaged' },
          { cause },
        );
      }
      throw cause;
    }
    // The parser runs ahead of this loop and drops what it had ready, so its own count is the right one.
    const failedRow = typeof cause.records === 'number' ? cause.records + 1 : row + 1;
    throw new DescentError('CSV_ROW_INVALID', { row: failedRow, problem: problemOf(cause) }, { cause });
  }
}

function problemOf(error: CsvError): string {
  switch (error.code) {
    case 'CSV_QUOTE_NOT_CLOSED':
      return 'a quote opens and never closes';
    case 'CSV_INVALID_CLOSING_QUOTE':
      return 'text follows a closing quote; write a quote inside quotes twice';
    case 'INVALID_OPENING_QUOTE':
      return 'a quote stands inside an unquoted cell';
    case 'CSV_MAX_RECORD_SIZE':
      return `the row is longer than ${maxRecordBytes} bytes`;
    default:
      return error.message;
  }
}
