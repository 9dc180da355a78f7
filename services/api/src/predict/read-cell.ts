import { type Column, nearestName } from '@descent/contracts';
import { DescentError } from '@descent/errors';
import { flattenArray } from './nested-rows.ts';

/**
 * One value of a column as a request gives it, as the column stores it: numbers, nested arrays in its shape, the name of
 * a class, text, a date, true or false, and null for a missing one.
 * @throws DescentError REQUEST_INVALID with the path of what does not fit
 */
export function readCell(value: unknown, column: Column, path: string): ArrayLike<number> {
  if (value === null) return [missingIn(column, path)];
  if (typeof value === 'boolean' && column.kind === 'boolean') return [Number(value)];
  if (typeof value === 'string') return readText(value, column, path);
  const flat = flattenArray(value, column.shape, path);
  // Training saw the rounded value.
  return column.dtype === 'float32' ? Float32Array.from(flat) : flat;
}

function readText(value: string, column: Column, path: string): ArrayLike<number> {
  const { name, classes, kind, shape } = column;
  if (kind === 'text') {
    const bytes = new Uint8Array(shape[0] ?? 1);
    new TextEncoder().encodeInto(value, bytes);
    return bytes;
  }
  if (classes !== undefined) {
    const code = classes.indexOf(value);
    if (code !== -1) return [code];
    const didYouMean = nearestName(value, classes);
    const suggestion = didYouMean === undefined ? '' : `; did you mean "${didYouMean}"?`;
    throw invalid(path, `column "${name}" has no class "${value}"${suggestion}`);
  }
  if (kind === 'date') {
    const days = Date.parse(value) / 86_400_000;
    if (Number.isFinite(days)) return [column.dtype === 'float32' ? Math.fround(days) : Math.floor(days)];
    throw invalid(path, `"${value}" is not a date`);
  }
  throw invalid(path, `column "${name}" holds numbers, got text`);
}

function missingIn({ name, dtype, classes, missing, shape }: Column, path: string): number {
  if (dtype === 'float32' && shape.length === 0) return Number.NaN;
  if (classes !== undefined && missing !== undefined) return classes.length - 1;
  throw invalid(path, `column "${name}" has no missing values, got null`);
}

function invalid(path: string, problem: string): DescentError {
  return new DescentError('REQUEST_INVALID', { path, problem });
}
