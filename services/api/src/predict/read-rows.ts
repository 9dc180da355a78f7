import type { DatasetManifest } from '@descent/contracts';
import type { InputBinding } from '@descent/datasets';
import { DescentError } from '@descent/errors';
import { flattenRows } from './nested-rows.ts';

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

/** Applies the transforms as training does: in double precision, on values as the column holds them, rounded once. */
export function readColumns(
  inputs: GivenRows,
  { input, dtype, shape, columns }: InputBinding,
  manifest: Pick<DatasetManifest, 'columns'>,
): { values: Float32Array | Int32Array; width: number } {
  const rows = inputs[input] ?? [];
  const raw = flattenRows(rows, shape, `inputs.${input}`);
  const width = columns.reduce((sum, { elements }) => sum + elements, 0);
  const values = dtype === 'float32' ? new Float32Array(raw.length) : new Int32Array(raw.length);
  for (let row = 0; row < rows.length; row++) {
    let at = row * width;
    for (const { column, elements, factor, offset } of columns) {
      const rounds = manifest.columns.find(({ name }) => name === column)?.dtype === 'float32';
      for (let end = at + elements; at < end; at++) {
        const value = raw[at] ?? 0;
        values[at] = (rounds ? Math.fround(value) : value) * factor + offset;
      }
    }
  }
  return { values, width };
}

function invalid(path: string, problem: string): DescentError {
  return new DescentError('REQUEST_INVALID', { path, problem });
}
