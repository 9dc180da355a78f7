import { isUtf8 } from 'node:buffer';
import { stat } from 'node:fs/promises';
import { DescentError } from '@descent/errors';
import { isGzip } from './byte-reader.ts';
import { csvBytes } from './csv-bytes.ts';
import { type CsvDialect, dialectOf } from './csv-dialect.ts';
import { type CsvRows, cellKinds, createCsvScanner } from './csv-scanner.ts';

/** A row of a million cells of ten characters is 10 MB; more is a quote that was never closed. */
const maxRowBytes = 16 * 1024 ** 2;
export const maxColumns = 16_384;

/** The rows of a file in batches; memory is one row and one chunk. Throws CSV_ROW_INVALID, TEXT_INVALID. */
export async function* csvRows(path: string, dialect: CsvDialect, width: number): AsyncGenerator<CsvRows> {
  const { scan } = createCsvScanner(dialect, width, { maxCells: await mostCells(path) });
  yield* scanned(path, dialect, scan);
}

/** The cells of the first row; undefined when there is none. */
export async function csvFirstRow(path: string, dialect: CsvDialect): Promise<string[] | undefined> {
  const width = Math.min(maxColumns, await mostCells(path));
  const { scan } = createCsvScanner(dialect, width, { only: 1, ragged: true });
  for await (const rows of scanned(path, dialect, scan)) {
    if (rows.width > maxColumns) {
      const problem = `it names ${rows.width} columns; at most ${maxColumns} are allowed`;
      throw new DescentError('CSV_HEADER_INVALID', { problem });
    }
    return Array.from({ length: rows.width }, (_, cell) => cellText(rows, cell, dialect.quote));
  }
  return undefined;
}

/** Small files get small arrays: behind every cell stands a byte, or the end. */
async function mostCells(path: string): Promise<number> {
  return (await isGzip(path)) ? Number.POSITIVE_INFINITY : (await stat(path)).size + 1;
}

/** The rows of a small CSV file in memory (UTF-8), as texts. Throws CSV_ROW_INVALID, TEXT_INVALID. */
export function csvTable(content: Buffer): string[][] {
  const marked = content[0] === 0xef && content[1] === 0xbb && content[2] === 0xbf;
  const bytes = marked ? content.subarray(3) : content;
  const dialect = dialectOf(bytes.toString('utf8', 0, 65_536), 'utf-8');
  checkEncoding(bytes, 0, dialect);
  const { rows: first } = createCsvScanner(dialect, maxColumns, { only: 1, ragged: true }).scan(
    bytes,
    0,
    true,
  );
  if (first.count === 0) return [];
  const { scan } = createCsvScanner(dialect, first.width);
  const table: string[][] = [];
  for (let from = 0; ; ) {
    const { rows, consumed } = scan(bytes, from, true);
    for (let r = 0; r < rows.count; r++) {
      table.push(
        Array.from({ length: rows.width }, (_, c) => cellText(rows, r * rows.width + c, dialect.quote)),
      );
    }
    if (rows.count === 0) return table;
    from = consumed;
  }
}

async function* scanned(
  path: string,
  dialect: CsvDialect,
  scan: ReturnType<typeof createCsvScanner>['scan'],
): AsyncGenerator<CsvRows> {
  let rest: Buffer = Buffer.alloc(0);
  let row = 0;
  /** Of the start of `rest`, in bytes of UTF-8. */
  let offset = 0;

  function* batches(bytes: Buffer, last: boolean): Generator<CsvRows> {
    let from = 0;
    for (;;) {
      const { rows, consumed } = scan(bytes, from, last);
      checkEncoding(bytes.subarray(from, consumed), offset + from, dialect);
      if (rows.count > 0) {
        row = rows.numbers[rows.count - 1]!;
        yield rows;
      }
      // A scan that used nothing up needs more bytes; one that found only blank lines is at the end as well.
      if (consumed === from || rows.count === 0) {
        from = consumed;
        break;
      }
      from = consumed;
    }
    rest = bytes.subarray(from);
    offset += from;
  }

  const pending: Buffer[] = [];
  let pendingBytes = 0;
  const takePending = () => {
    const bytes = Buffer.concat([rest, ...pending.splice(0)]);
    pendingBytes = 0;
    return bytes;
  };
  for await (const { bytes } of csvBytes(path, dialect.encoding)) {
    pending.push(bytes);
    pendingBytes += bytes.byteLength;
    // A long row is looked at again only when it has doubled, so that it costs linear time.
    if (pendingBytes < Math.min(rest.byteLength, maxRowBytes)) continue;
    yield* batches(takePending(), false);
    if (rest.byteLength > maxRowBytes) {
      throw new DescentError('CSV_ROW_INVALID', {
        row: row + 1,
        problem: `the row is longer than ${maxRowBytes} bytes`,
      });
    }
  }
  if (rest.byteLength + pendingBytes > 0) yield* batches(takePending(), true);
}

function checkEncoding(bytes: Buffer, offset: number, { encoding }: CsvDialect): void {
  if (encoding === 'latin1' || isUtf8(bytes)) return;
  let line = 0;
  for (let end = bytes.indexOf(10); end >= 0 && isUtf8(bytes.subarray(line, end + 1)); ) {
    line = end + 1;
    end = bytes.indexOf(10, line);
  }
  throw new DescentError('TEXT_INVALID', {
    offset: offset + line,
    problem: 'the line that starts there is not UTF-8; name the encoding of the file, for example `latin1`',
  });
}

/** The text of a cell, quotes undone. */
export function cellText({ bytes, starts, ends, kinds }: CsvRows, cell: number, quote: string): string {
  const text = bytes.toString('utf8', starts[cell], ends[cell]);
  return kinds[cell] === cellKinds.escaped ? text.replaceAll(quote + quote, quote) : text;
}
