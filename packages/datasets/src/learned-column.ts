import type { columnTypes } from '@descent/contracts';
import { DescentError } from '@descent/errors';
import type { ColumnLayout } from './column.ts';

export type ColumnType = (typeof columnTypes)[number];

/** What is known of a column of a table after its rows went by. */
export interface LearnedColumn {
  readonly name: string;
  /** tensor: arrays of numbers of one shape; no text can ask for it. */
  readonly type: ColumnType | 'tensor';
  /** Whether the type was asked for; then a column that does not fit it fails instead of becoming another type. */
  readonly fixed: boolean;
  missing: number;
  /** Whether every number so far is an integer of 32 bits. */
  whole: boolean;
  /** Bytes of the longest text. */
  longest: number;
  /** Text → code; undefined when there are too many texts for a category. */
  codes: Map<string, number> | undefined;
  readonly maxClasses: number;
  /** Of the first tensor. */
  shape: readonly number[] | undefined;
}

/** The class of a missing category. It is the last one, so that the other codes do not depend on it. */
export const missingClass = 'missing';

const maxClasses = 10_000;
/** Over all columns of a table: categories are what memory is spent on. */
const maxClassesOfAll = 2 ** 21;
const maxClassLength = 256;
const maxTextBytes = 65_536;

export function learnedColumn(
  name: string,
  type: LearnedColumn['type'],
  fixed: boolean,
  columns = 1,
): LearnedColumn {
  const limit = Math.min(maxClasses, Math.floor(maxClassesOfAll / columns));
  const codes = type === 'category' ? new Map<string, number>() : undefined;
  return {
    name,
    type,
    fixed,
    missing: 0,
    whole: true,
    longest: 0,
    codes,
    maxClasses: limit,
    shape: undefined,
  };
}

/** Throws CELL_INVALID for a number that float32 cannot hold, or a fraction in a column that was declared integer. */
export function learnNumber(column: LearnedColumn, value: number, whole: boolean, row: number): void {
  if (whole && value === (value | 0)) return;
  if (!Number.isFinite(Math.fround(value)))
    throw invalidCell(column, row, value, `${value} is too large for float32`);
  if (column.type === 'integer')
    throw invalidCell(column, row, value, `${value} is not an integer of 32 bits`);
  column.whole = false;
}

/** Throws CELL_INVALID, DATA_TOO_LARGE. */
export function learnText(column: LearnedColumn, text: string, row: number): void {
  if (column.codes?.has(text)) return;
  if (text.includes('\0')) throw invalidCell(column, row, text, 'it holds a NUL byte');
  // Also of categories: the column may turn out to be text.
  const bytes = Buffer.byteLength(text);
  if (bytes > column.longest) column.longest = bytes;
  if (bytes > maxTextBytes) {
    throw invalidCell(column, row, text, `a text of ${bytes} bytes; the longest allowed has ${maxTextBytes}`);
  }
  if (column.codes === undefined) return;
  const tooLong = text.length > maxClassLength;
  if (!tooLong && column.codes.size < column.maxClasses) {
    column.codes.set(text, column.codes.size);
    return;
  }
  if (column.fixed) {
    if (tooLong) {
      const problem = `a category of ${text.length} characters; the longest name allowed has ${maxClassLength}`;
      throw invalidCell(column, row, text, problem);
    }
    throw new DescentError('DATA_TOO_LARGE', {
      part: `The number of categories in column "${column.name}"`,
      actual: `more than ${column.maxClasses} (row ${row})`,
      limit: `${column.maxClasses}`,
    });
  }
  column.codes = undefined;
}

/** After all rows: numbers the categories in sorted order and fixes the dtype. */
export function finishColumn(column: LearnedColumn): ColumnLayout {
  const { name, type, missing, whole } = column;
  const counted = missing === 0 ? {} : { missing };
  const number = missing === 0 && whole ? 'int32' : 'float32';
  switch (type) {
    case 'number':
    case 'integer':
      return { name, dtype: number, shape: [], ...counted };
    case 'tensor':
      return { name, dtype: number, shape: [...(column.shape ?? [])] };
    case 'date':
      return { name, dtype: number, shape: [], kind: 'date', ...counted };
    case 'boolean':
      return { name, dtype: missing === 0 ? 'uint8' : 'float32', shape: [], kind: 'boolean', ...counted };
    case 'category':
    case 'text': {
      if (column.codes === undefined) {
        return { name, dtype: 'uint8', shape: [Math.max(1, column.longest)], kind: 'text', ...counted };
      }
      const classes = [...column.codes.keys()]
        .filter((text) => missing === 0 || text !== missingClass)
        .sort();
      if (missing > 0) classes.push(missingClass);
      for (const [code, text] of classes.entries()) column.codes.set(text, code);
      return { name, dtype: 'int32', shape: [], classes, ...counted };
    }
    default:
      return type satisfies never;
  }
}

/** What stands for a missing value in a column of numbers or categories. */
export function missingValue({ codes }: LearnedColumn): number {
  return codes?.get(missingClass) ?? Number.NaN;
}

/** Second pass: the code of a category. */
export function codeOf(column: LearnedColumn, text: string, row: number): number {
  const code = column.codes?.get(text);
  if (code === undefined) throw invalidCell(column, row, text, 'the file changed while it was read');
  return code;
}

export function invalidCell(
  { name }: Pick<LearnedColumn, 'name'>,
  row: number,
  value: string | number,
  problem: string,
): DescentError {
  return new DescentError('CELL_INVALID', { row, column: name, value: shorten(String(value)), problem });
}

export function shorten(text: string): string {
  return text.length <= 40 ? text : `${text.slice(0, 40)}…`;
}
