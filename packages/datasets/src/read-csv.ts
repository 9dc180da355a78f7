import { DescentError } from '@descent/errors';
import { isIntegerText, isTrueOrFalse, parseBoolean, parseDate, parseNumber } from './cell-values.ts';
import { allocateColumn, bytesPerSample, type ColumnArray, type ColumnLayout } from './column.ts';
import { type CsvDialect, type CsvOptions, detectDialect } from './csv-dialect.ts';
import { cellText, csvFirstRow, csvRows } from './csv-rows.ts';
import { type CsvRows, cellKinds } from './csv-scanner.ts';
import {
  type ColumnType,
  codeOf,
  invalidCell,
  type LearnedColumn,
  learnNumber,
  learnText,
  missingValue,
  shorten,
} from './learned-column.ts';
import type { InferredColumn, TableFile } from './table.ts';

const sampleRows = 1000;
const blockBytes = 4 * 1024 ** 2;

/**
 * A CSV or TSV file (gzip too). It is streamed twice: first every cell is checked and types and categories are found,
 * then values are delivered, so memory does not grow with the file. Clean numbers need one pass: see `tableSplits`.
 * Throws CSV_HEADER_INVALID, CSV_ROW_INVALID, TEXT_INVALID, DATA_EMPTY; while reading CELL_INVALID, DATA_TOO_LARGE.
 */
export async function openCsv(path: string, options: CsvOptions = {}): Promise<TableFile> {
  const dialect = await detectDialect(path, options);
  const first = await csvFirstRow(path, dialect);
  if (first === undefined) throw new DescentError('DATA_EMPTY', { part: 'the file' });
  const header =
    options.header ?? !first.every((cell) => parseNumber(cell.trim(), dialect.decimal) !== undefined);
  const names = header ? headerNames(first) : first.map((_, c) => `column${c + 1}`);
  const width = names.length;

  async function* dataRows(): AsyncGenerator<{ rows: CsvRows; from: number }> {
    let from = header ? 1 : 0;
    for await (const rows of csvRows(path, dialect, width)) {
      if (rows.count > from) yield { rows, from };
      from = 0;
    }
  }

  return {
    names,
    async infer() {
      for await (const { rows, from } of dataRows()) {
        return names.map((_, c) => inferColumn(rows, from, c, dialect));
      }
      throw new DescentError('DATA_EMPTY', { part: 'the file: only a header row was found' });
    },
    async learn(columns) {
      for await (const { rows, from } of dataRows()) {
        for (const [c, column] of columns.entries()) learnCells(column, rows, from, c, dialect);
      }
    },
    async *blocks(columns, layouts, check) {
      const step = Math.max(1, Math.floor(blockBytes / bytesPerSample(layouts)));
      for await (const { rows, from } of dataRows()) {
        if (check !== undefined) {
          for (const [c, column] of columns.entries()) learnCells(column, rows, from, c, dialect);
          check();
        }
        for (let start = from; start < rows.count; start += step) {
          const count = Math.min(step, rows.count - start);
          const data = columns.map((column, c) =>
            encode(column, layouts[c]!, rows, start, count, c, dialect),
          );
          yield { count, data };
        }
      }
    },
  };
}

function headerNames(cells: readonly string[]): string[] {
  const problem = (text: string) => new DescentError('CSV_HEADER_INVALID', { problem: text });
  const names = cells.map((cell) => cell.trim());
  const seen = new Set<string>();
  for (const [c, name] of names.entries()) {
    if (name === '') throw problem(`cell ${c + 1} is empty`);
    if (seen.has(name)) throw problem(`"${shorten(name)}" occurs twice`);
    seen.add(name);
  }
  return names;
}

/**
 * Boolean and date when every sampled cell is one; number when at least as many are numbers as are text; missing cells
 * do not vote.
 */
function inferColumn(rows: CsvRows, from: number, c: number, dialect: CsvDialect): InferredColumn {
  let [numbers, dates, booleans, texts] = [0, 0, 0, 0];
  let [whole, missing] = [true, false];
  for (let r = from; r < Math.min(rows.count, from + sampleRows); r++) {
    const cell = r * rows.width + c;
    const kind = rows.kinds[cell];
    if (isPlainNumber(kind, dialect)) {
      numbers++;
      const value = rows.values[cell]!;
      whole &&= kind === cellKinds.integer && value === (value | 0);
    } else {
      const text = presentText(rows, cell, dialect)?.trim();
      missing ||= text === undefined;
      if (text === undefined) continue;
      const number = parseNumber(text, dialect.decimal);
      whole &&= number !== undefined && isIntegerText(text) && number === (number | 0);
      if (number !== undefined) numbers++;
      else if (isTrueOrFalse(text)) booleans++;
      else if (parseDate(text) !== undefined) dates++;
      else texts++;
    }
  }
  const typeOf = (): ColumnType => {
    if (texts + numbers === 0 && dates > 0 && booleans === 0) return 'date';
    if (texts + numbers === 0 && booleans > 0 && dates === 0) return 'boolean';
    return numbers >= texts + dates + booleans ? 'number' : 'category';
  };
  return { type: typeOf(), whole, missing };
}

function learnCells(
  column: LearnedColumn,
  rows: CsvRows,
  from: number,
  c: number,
  dialect: CsvDialect,
): void {
  const { kinds, values, numbers, width, count } = rows;
  const numeric = column.type === 'number' || column.type === 'integer';
  for (let r = from; r < count; r++) {
    const cell = r * width + c;
    const kind = kinds[cell];
    if (numeric && isPlainNumber(kind, dialect)) {
      const value = values[cell]!;
      if (kind === cellKinds.integer && value === (value | 0)) continue;
      // A plain number has at most 15 digits, so float32 can hold it.
      if (column.type === 'number') column.whole = false;
      else learnNumber(column, value, false, numbers[r]!);
      continue;
    }
    const text = presentText(rows, cell, dialect);
    if (text === undefined) column.missing++;
    else if (column.type === 'category' || column.type === 'text') learnText(column, text, numbers[r]!);
    else {
      const value = parseCell(column, text.trim(), numbers[r]!, dialect);
      learnNumber(column, value, column.type !== 'number' || isIntegerText(text.trim()), numbers[r]!);
    }
  }
}

function encode(
  column: LearnedColumn,
  { dtype, shape, kind }: ColumnLayout,
  rows: CsvRows,
  start: number,
  count: number,
  c: number,
  dialect: CsvDialect,
): ColumnArray {
  if (kind === 'text') {
    const width = shape[0]!;
    const bytes = Buffer.alloc(count * width);
    for (let r = 0; r < count; r++) {
      bytes.write(presentText(rows, (start + r) * rows.width + c, dialect) ?? '', r * width, width);
    }
    return bytes;
  }
  const data = allocateColumn(dtype, count);
  for (let r = 0; r < count; r++) {
    data[r] = encodeCell(column, rows, (start + r) * rows.width + c, rows.numbers[start + r]!, dialect);
  }
  return data;
}

function encodeCell(
  column: LearnedColumn,
  rows: CsvRows,
  cell: number,
  row: number,
  dialect: CsvDialect,
): number {
  const kind = rows.kinds[cell];
  const numeric = column.type === 'number' || column.type === 'integer';
  if (numeric && isPlainNumber(kind, dialect)) return rows.values[cell]!;
  const text = presentText(rows, cell, dialect);
  if (text === undefined) return missingValue(column);
  return column.codes === undefined
    ? parseCell(column, text.trim(), row, dialect)
    : codeOf(column, text, row);
}

function isPlainNumber(kind: number | undefined, { missingNumbers }: CsvDialect): boolean {
  return (kind === cellKinds.integer || kind === cellKinds.decimal) && !missingNumbers;
}

/** undefined when the value is missing. */
function presentText(rows: CsvRows, cell: number, { quote, missing }: CsvDialect): string | undefined {
  if (rows.kinds[cell] === cellKinds.empty) return undefined;
  const text = cellText(rows, cell, quote);
  const trimmed = text.trim();
  return trimmed === '' || missing.has(trimmed) ? undefined : text;
}

function parseCell(column: LearnedColumn, text: string, row: number, { decimal }: CsvDialect): number {
  switch (column.type) {
    case 'number':
    case 'integer': {
      const value = parseNumber(text, decimal);
      if (value !== undefined && !Number.isFinite(Math.fround(value))) {
        throw invalidCell(column, row, text, `${shorten(text)} is too large for float32`);
      }
      if (value !== undefined) return value;
      throw invalidCell(column, row, text, `"${shorten(text)}" is not a number, and the column is numeric`);
    }
    case 'date': {
      const value = parseDate(text);
      if (value !== undefined) return value;
      throw invalidCell(
        column,
        row,
        text,
        `"${shorten(text)}" is not a date (YYYY-MM-DD, with a time or without)`,
      );
    }
    case 'boolean': {
      const value = parseBoolean(text);
      if (value !== undefined) return value;
      throw invalidCell(column, row, text, `"${shorten(text)}" is not a boolean (true or false)`);
    }
    case 'category':
    case 'text':
    case 'tensor':
      throw new TypeError('texts are not parsed');
    default:
      return column.type satisfies never;
  }
}
