import { DescentError } from '@descent/errors';
import type { ColumnLayout } from './column.ts';

/**
 * What is known of a CSV column after the first pass.
 * numeric: every cell is a number; `integer` when all are written as integers of 32 bits.
 * text: `values` are the distinct cells, sorted by code unit; their positions are the codes.
 */
export type CsvColumn =
  | { readonly name: string; readonly kind: 'numeric'; integer: boolean }
  | { readonly name: string; readonly kind: 'text'; readonly codes: Map<string, number> };

const numberPattern = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const integerPattern = /^[+-]?\d+$/;
const missingPattern = /^(?:|NA|N\/A|NaN|nan|null|NULL|None)$/;

const maxClasses = 10_000;
const maxClassLength = 256;

/** Numeric when at least as many sampled cells are numbers as are text; missing cells do not vote. */
export function inferColumn(name: string, sample: readonly string[]): CsvColumn {
  let numbers = 0;
  let texts = 0;
  for (const cell of sample) {
    const text = cell.trim();
    if (numberPattern.test(text)) numbers++;
    else if (!missingPattern.test(text)) texts++;
  }
  return numbers >= texts
    ? { name, kind: 'numeric', integer: true }
    : { name, kind: 'text', codes: new Map() };
}

/** First pass: checks a cell and lets the column learn from it. Throws CELL_INVALID, DATA_TOO_LARGE. */
export function learnCell(column: CsvColumn, cell: string, row: number): void {
  if (column.kind === 'numeric') {
    const value = parseNumber(column.name, cell, row);
    if (column.integer && !(integerPattern.test(cell.trim()) && value === (value | 0)))
      column.integer = false;
    return;
  }
  if (column.codes.has(cell)) return;
  const text = cell.trim();
  if (text === '') throw invalid(column.name, row, cell, 'a value is missing');
  if (cell.length > maxClassLength) {
    const problem = `a category of ${cell.length} characters; the longest name allowed has ${maxClassLength}`;
    throw invalid(column.name, row, `${cell.slice(0, 40)}…`, problem);
  }
  if (column.codes.size === maxClasses) {
    throw new DescentError('DATA_TOO_LARGE', {
      part: `The number of categories in text column "${column.name}"`,
      actual: `more than ${maxClasses} (row ${row})`,
      limit: `${maxClasses}`,
    });
  }
  column.codes.set(cell, column.codes.size);
}

/** After the first pass: numbers the categories in sorted order and fixes the dtype. */
export function finishColumn(column: CsvColumn): ColumnLayout {
  if (column.kind === 'numeric') {
    return { name: column.name, dtype: column.integer ? 'int32' : 'float32', shape: [] };
  }
  const classes = [...column.codes.keys()].sort();
  for (const [code, text] of classes.entries()) column.codes.set(text, code);
  return { name: column.name, dtype: 'int32', shape: [], classes };
}

/** Second pass: the value that the shard stores. */
export function encodeCell(column: CsvColumn, cell: string, row: number): number {
  if (column.kind === 'numeric') return parseNumber(column.name, cell, row);
  const code = column.codes.get(cell);
  if (code === undefined) throw invalid(column.name, row, cell, 'the file changed while it was read');
  return code;
}

function parseNumber(column: string, cell: string, row: number): number {
  const text = cell.trim();
  if (!numberPattern.test(text)) {
    throw invalid(
      column,
      row,
      cell,
      missingPattern.test(text)
        ? `a value is missing${text === '' ? '' : ` (${text})`}`
        : `"${text.slice(0, 40)}" is not a number, and the column is numeric`,
    );
  }
  const value = Number(text);
  if (!Number.isFinite(Math.fround(value)))
    throw invalid(column, row, cell, `${text.slice(0, 40)} is too large for float32`);
  return value;
}

function invalid(column: string, row: number, value: string, problem: string): DescentError {
  return new DescentError('CELL_INVALID', { row, column, value, problem });
}
