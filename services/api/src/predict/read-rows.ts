import { type Column, type DatasetManifest, nearestName } from '@descent/contracts';
import { createColumnFeed, type InputBinding } from '@descent/datasets';
import { DescentError } from '@descent/errors';
import { elementCount } from '@descent/tensors';
import { flattenArray } from './nested-rows.ts';
import { readCell } from './read-cell.ts';

/** Rows of a request: input → one entry per row, a number or nested arrays of numbers. */
export type GivenRows = Readonly<Record<string, readonly unknown[]>>;

/** The number of rows, the same for every input. @throws DescentError REQUEST_INVALID that names the input */
export function countRows(inputs: GivenRows, names: readonly string[]): number {
  for (const name of Object.keys(inputs)) {
    if (names.includes(name)) continue;
    throw invalid(`inputs.${name}`, `the model has no input "${name}"; it has ${names.join(', ')}`);
  }
  let rows: number | null = null;
  for (const name of names) {
    const given = inputs[name];
    if (given === undefined) throw invalid(`inputs.${name}`, 'is missing');
    rows ??= given.length;
    if (given.length !== rows) {
      throw invalid(`inputs.${name}`, `has ${given.length} rows where the input before has ${rows}`);
    }
  }
  return rows ?? 0;
}

/**
 * Rows as objects, column → value, as rows of inputs. Columns that the inputs do not read may stand there too.
 * @throws DescentError REQUEST_INVALID that names the row and the column
 */
export function rowsOfColumns(
  rows: readonly Readonly<Record<string, unknown>>[],
  bindings: readonly InputBinding[],
  { columns }: Pick<DatasetManifest, 'columns'>,
): GivenRows {
  const known = columns.map(({ name }) => name);
  const windowed = bindings.find(({ rows: { length } }) => length > 1);
  if (windowed !== undefined)
    throw invalid('rows', `the model reads sequences of rows; give them as \`inputs.${windowed.input}\``);
  rows.forEach((row, index) => {
    const stranger = Object.keys(row).find((name) => !known.includes(name));
    if (stranger === undefined) return;
    const didYouMean = nearestName(stranger, known);
    const suggestion = didYouMean === undefined ? '' : `; did you mean "${didYouMean}"?`;
    throw invalid(`rows[${index}].${stranger}`, `the data set has no column "${stranger}"${suggestion}`);
  });
  const cellIn = (row: Readonly<Record<string, unknown>>, column: string, index: number) => {
    if (Object.hasOwn(row, column)) return row[column];
    throw invalid(`rows[${index}].${column}`, 'is missing (null stands for a missing value)');
  };
  return Object.fromEntries(
    bindings.map(({ input, columns: bound }) => [
      input,
      rows.map((row, index) => {
        const values = bound.map(({ column }) => cellIn(row, column, index));
        return values.length === 1 ? values[0] : values;
      }),
    ]),
  );
}

/** Applies the transforms as training does: in double precision, on values as the column holds them, rounded once. */
export function readColumns(
  inputs: GivenRows,
  binding: InputBinding,
  manifest: Pick<DatasetManifest, 'columns'>,
): { values: Float32Array | Int32Array; width: number } {
  const { input, dtype, shape, columns, rows } = binding;
  const given = inputs[input] ?? [];
  const width = elementCount(shape);
  const values =
    dtype === 'float32' ? new Float32Array(given.length * width) : new Int32Array(given.length * width);
  const parts = columns.map((bound) => ({
    bound,
    column: manifest.columns.find(({ name }) => name === bound.column)!,
    feed: createColumnFeed(bound),
  }));
  given.forEach((row, index) => {
    const path = `inputs.${input}[${index}]`;
    let at = index * width;
    for (const [step, line] of linesOf(row, binding, path).entries()) {
      const place = rows.length === 1 ? path : `${path}[${step}]`;
      parts.forEach(({ bound, column, feed }, c) => {
        const cell = cellOf(line, c, binding, column, place);
        feed(cell, 0, values, at, undefined);
        at += bound.width;
      });
    }
    const gap = dtype === 'float32' ? values.subarray(at - width, at).findIndex(Number.isNaN) : -1;
    if (gap !== -1) throw invalid(path, 'has a missing value, which the transforms of the job do not fill');
  });
  return { values, width };
}

/** The rows of one sample: several of a window. */
function linesOf(row: unknown, { rows }: InputBinding, path: string): readonly unknown[] {
  if (rows.length === 1) return [row];
  if (Array.isArray(row) && row.length === rows.length) return row;
  throw invalid(path, `must be an array of ${rows.length} rows`);
}

function cellOf(
  line: unknown,
  index: number,
  { columns, shape, rows }: InputBinding,
  column: Column,
  path: string,
): ArrayLike<number> {
  if (columns.length > 1) {
    if (!Array.isArray(line) || line.length !== columns.length) {
      const names = columns.map((one) => one.column).join(', ');
      throw invalid(path, `must be an array of ${columns.length}: ${names}`);
    }
    return readCell(line[index], column, `${path}[${index}]`);
  }
  // As many numbers as the input has may come in its shape.
  const sameSize = elementCount(column.shape) === elementCount(shape) && rows.length === 1;
  if (sameSize && Array.isArray(line)) {
    const flat = flattenArray(line, shape, path);
    return column.dtype === 'float32' ? Float32Array.from(flat) : flat;
  }
  return readCell(line, column, path);
}

function invalid(path: string, problem: string): DescentError {
  return new DescentError('REQUEST_INVALID', { path, problem });
}
