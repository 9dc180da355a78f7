import { DescentError } from '@descent/errors';
import { allocateColumn } from './column.ts';
import { type CsvColumn, encodeCell, finishColumn, inferColumn, learnCell } from './csv-column.ts';
import { type CsvRecord, csvRecords } from './csv-records.ts';
import type { SplitSource } from './split-source.ts';

const sampleRows = 1000;
/** Ends the sample early: a thousand rows of the longest length allowed would take 16 GB. */
const sampleCharacters = 16 * 1024 ** 2;
const maxColumns = 16_384;
const blockRows = 1024;

/**
 * Reads a CSV or TSV file as split `train`, one scalar column per header name. The file is streamed twice: first
 * every cell is checked and types and categories are found, then values are delivered. So no cell can fail after
 * the first shard was stored, and memory does not grow with the file.
 * Throws CSV_HEADER_INVALID, CSV_ROW_INVALID, CELL_INVALID, DATA_EMPTY, DATA_TOO_LARGE.
 */
export async function readCsvSplits(path: string, delimiter: ',' | '\t'): Promise<SplitSource[]> {
  const columns = await learnColumns(path, delimiter);
  const layouts = columns.map(finishColumn);
  return [
    {
      name: 'train',
      columns: layouts,
      async *blocks() {
        const data = layouts.map(({ dtype }) => allocateColumn(dtype, blockRows));
        let count = 0;
        for await (const { row, cells } of dataRecords(path, delimiter, columns.length)) {
          for (const [c, column] of columns.entries()) data[c]![count] = encodeCell(column, cells[c]!, row);
          if (++count === blockRows) {
            yield { count, data };
            count = 0;
          }
        }
        if (count > 0) yield { count, data };
      },
    },
  ];
}

async function learnColumns(path: string, delimiter: string): Promise<CsvColumn[]> {
  const names = await readHeader(path, delimiter);
  const sample: CsvRecord[] = [];
  let characters = 0;
  let columns: CsvColumn[] | undefined;
  const inferAll = () => {
    const inferred = names.map((name, c) =>
      inferColumn(
        name,
        sample.map(({ cells }) => cells[c]!),
      ),
    );
    for (const record of sample) learnRecord(inferred, record);
    return inferred;
  };
  for await (const record of dataRecords(path, delimiter, names.length)) {
    if (columns !== undefined) {
      learnRecord(columns, record);
      continue;
    }
    sample.push(record);
    for (const cell of record.cells) characters += cell.length;
    if (sample.length === sampleRows || characters > sampleCharacters) columns = inferAll();
  }
  if (sample.length === 0)
    throw new DescentError('DATA_EMPTY', { part: 'the file: only a header row was found' });
  return columns ?? inferAll();
}

function learnRecord(columns: readonly CsvColumn[], { row, cells }: CsvRecord): void {
  for (const [c, column] of columns.entries()) learnCell(column, cells[c]!, row);
}

async function readHeader(path: string, delimiter: string): Promise<string[]> {
  const problem = (text: string) => new DescentError('CSV_HEADER_INVALID', { problem: text });
  for await (const { cells } of csvRecords(path, delimiter)) {
    const names = cells.map((cell) => cell.trim());
    if (names.length > maxColumns)
      throw problem(`it names ${names.length} columns; at most ${maxColumns} are allowed`);
    if (names.every((name) => name !== '' && Number.isFinite(Number(name)))) {
      throw problem('it holds only numbers; the first row must name the columns');
    }
    const seen = new Set<string>();
    for (const [c, name] of names.entries()) {
      if (name === '') throw problem(`cell ${c + 1} is empty`);
      if (seen.has(name)) throw problem(`"${name}" occurs twice`);
      seen.add(name);
    }
    return names;
  }
  throw new DescentError('DATA_EMPTY', { part: 'the file' });
}

/** The rows below the header, each with one cell per column. */
async function* dataRecords(path: string, delimiter: string, width: number): AsyncGenerator<CsvRecord> {
  let header = true;
  for await (const record of csvRecords(path, delimiter)) {
    if (header) {
      header = false;
      continue;
    }
    if (record.cells.length !== width) {
      const problem = `it has ${record.cells.length} cells; the header names ${width} columns`;
      throw new DescentError('CSV_ROW_INVALID', { row: record.row, problem });
    }
    yield record;
  }
}
