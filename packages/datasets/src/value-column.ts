import { parseDate } from './cell-values.ts';
import type { ColumnArray, ColumnLayout } from './column.ts';
import {
  codeOf,
  invalidCell,
  type LearnedColumn,
  learnNumber,
  learnText,
  missingValue,
  shorten,
} from './learned-column.ts';

/** A value of a typed row; undefined and null are missing. Arrays may be nested, with numbers at the bottom. */
export type RowValue = string | number | bigint | boolean | Date | RowValue[] | null | undefined;

const maxAxes = 8;

/** The type that all values share; a category when they do not, or cannot be anything else. */
export function inferValueType(values: readonly RowValue[]): LearnedColumn['type'] {
  const present = values.filter((value) => value !== null && value !== undefined);
  const every = (test: (value: RowValue) => boolean) => present.length > 0 && present.every(test);
  if (every((value) => typeof value === 'boolean')) return 'boolean';
  if (every(Array.isArray)) return 'tensor';
  if (every((value) => value instanceof Date)) return 'date';
  if (every((value) => typeof value === 'string' && parseDate(value) !== undefined)) return 'date';
  return present.some((value) => typeof value === 'string') ? 'category' : 'number';
}

/** First pass. Throws CELL_INVALID, DATA_TOO_LARGE. */
export function learnValue(column: LearnedColumn, value: RowValue, row: number): void {
  if (value === null || value === undefined) {
    if (column.type === 'tensor') throw invalidCell(column, row, '', 'an array is missing');
    column.missing++;
    return;
  }
  switch (column.type) {
    case 'category':
    case 'text':
      learnText(column, textOf(column, value, row), row);
      return;
    case 'tensor':
      learnTensor(column, value, row);
      return;
    case 'number':
    case 'integer': {
      const number = numberOf(column, value, row);
      learnNumber(column, number, Number.isInteger(number), row);
      return;
    }
    case 'date':
    case 'boolean':
      learnNumber(column, numberOf(column, value, row), true, row);
      return;
    default:
      column.type satisfies never;
  }
}

/** Second pass: writes a value as sample `at` of `target`, which is zero before. */
export function storeValue(
  column: LearnedColumn,
  layout: ColumnLayout,
  value: RowValue,
  row: number,
  target: ColumnArray,
  at: number,
): void {
  const missing = value === null || value === undefined;
  if (layout.kind === 'text') {
    const text = missing ? '' : textOf(column, value, row);
    target.set(new TextEncoder().encode(text), at * layout.shape[0]!);
  } else if (column.type === 'tensor') {
    const numbers = missing ? [] : flatten(column, value, row);
    target.set(numbers, at * numbers.length);
  } else if (missing) target[at] = missingValue(column);
  else if (column.codes !== undefined) target[at] = codeOf(column, textOf(column, value, row), row);
  else target[at] = numberOf(column, value, row);
}

function learnTensor(column: LearnedColumn, value: RowValue, row: number): void {
  const shape: number[] = [];
  for (let part = value; Array.isArray(part); part = part[0]) {
    if (part.length === 0) throw invalidCell(column, row, '[]', 'an array is empty');
    if (shape.length === maxAxes) throw invalidCell(column, row, '[…]', `more than ${maxAxes} nested arrays`);
    shape.push(part.length);
  }
  column.shape ??= shape;
  if (shape.join() !== column.shape.join()) {
    const problem = `an array of shape [${shape.join(', ')}]; the first has [${column.shape.join(', ')}]`;
    throw invalidCell(column, row, '[…]', problem);
  }
  for (const number of flatten(column, value, row)) {
    learnNumber(column, number, Number.isInteger(number), row);
  }
}

/** The numbers of a nested array, which has the shape of the column. */
function flatten(column: LearnedColumn, value: RowValue, row: number, axis = 0): number[] {
  const size = column.shape?.[axis];
  if (size === undefined) {
    if (typeof value === 'number' || typeof value === 'bigint') return [Number(value)];
    throw invalidCell(column, row, '[…]', 'an array holds something that is not a number');
  }
  if (!Array.isArray(value) || value.length !== size) {
    throw invalidCell(column, row, '[…]', 'the rows of an array differ in length');
  }
  return value.flatMap((part) => flatten(column, part, row, axis + 1));
}

function numberOf(column: LearnedColumn, value: RowValue, row: number): number {
  if (column.type === 'date') {
    if (value instanceof Date) return value.getTime() / 86_400_000;
    const days = typeof value === 'string' ? parseDate(value) : undefined;
    if (days !== undefined) return days;
  } else if (column.type === 'boolean') {
    if (typeof value === 'boolean' || value === 0 || value === 1) return Number(value);
  } else if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean') {
    return Number(value);
  }
  const what = { number: 'a number', integer: 'a number', date: 'a date', boolean: 'a boolean' };
  const wanted = column.type in what ? what[column.type as keyof typeof what] : 'of this type';
  throw invalidCell(column, row, describe(value), `${describe(value)} is not ${wanted}`);
}

function textOf(column: LearnedColumn, value: RowValue, row: number): string {
  if (typeof value === 'object') {
    throw invalidCell(column, row, describe(value), `${describe(value)} is neither text nor a number`);
  }
  return String(value);
}

function describe(value: RowValue): string {
  if (Array.isArray(value)) return 'an array';
  if (value instanceof Date) return value.toISOString();
  if (typeof value === 'object' && value !== null) return 'an object';
  return typeof value === 'string' ? `"${shorten(value)}"` : shorten(String(value));
}
