import {
  type Column,
  type DataSettings,
  type DatasetManifest,
  type InputSource,
  nearestName,
} from '@descent/contracts';
import { DescentError } from '@descent/errors';
import { elementCount, formatShape } from '@descent/tensors';
import type { BoundColumn, InputBinding, ModelInput } from './input-binding.ts';

/**
 * Finds the columns that feed every input of a model, labels included, and checks them by the manifest alone, before
 * any sample is read. Throws INPUT_UNKNOWN, COLUMN_UNKNOWN, COLUMN_NOT_SCALAR, COLUMN_SHAPE_MISMATCH, COLUMN_IS_TEXT,
 * COLUMN_NOT_INTEGER, COLUMN_HAS_MISSING, TRANSFORM_NOT_ALLOWED, LABELS_OUT_OF_RANGE; `details.path` is the field of the job.
 */
export function bindInputs(
  settings: DataSettings,
  manifest: DatasetManifest,
  inputs: readonly ModelInput[],
): InputBinding[] {
  const names = inputs.map(({ name }) => name);
  const sources = new Map(Object.entries(settings.inputs ?? {}));
  for (const input of sources.keys()) {
    if (names.includes(input)) continue;
    const didYouMean = nearestName(input, names);
    const path = `data.inputs.${input}`;
    throw new DescentError('INPUT_UNKNOWN', { path, input, known: names.join(', '), didYouMean });
  }
  return inputs.map((input) => bindInput(input, sources.get(input.name), manifest));
}

function bindInput(
  input: ModelInput,
  source: InputSource | undefined,
  manifest: DatasetManifest,
): InputBinding {
  const path = source === undefined ? 'data.inputs' : `data.inputs.${input.name}`;
  const columns = (source?.columns ?? [input.name]).map((name, index) =>
    findColumn(manifest, name, input, source === undefined ? path : `${path}.columns.${index}`),
  );
  checkShape(input, columns, path);
  refuseMissing(input, columns, path);
  if (input.dtype === 'float32') refuseText(input, columns, path);
  else refuseFractions(input, columns, path);
  if (source?.transform !== undefined && input.dtype !== 'float32') {
    const transformPath = `${path}.transform`;
    throw new DescentError('TRANSFORM_NOT_ALLOWED', {
      path: transformPath,
      input: input.name,
      dtype: input.dtype,
    });
  }
  if (input.classes !== undefined) checkLabels(input, input.classes, columns, path);
  return {
    input: input.name,
    dtype: input.dtype,
    shape: input.shape,
    columns: columns.map((column) => boundColumn(column, source?.transform)),
  };
}

function findColumn(manifest: DatasetManifest, name: string, input: ModelInput, path: string): Column {
  const column = manifest.columns.find((candidate) => candidate.name === name);
  if (column !== undefined) return column;
  const known = manifest.columns.map((candidate) => candidate.name);
  const didYouMean = nearestName(name, known);
  throw new DescentError('COLUMN_UNKNOWN', { path, input: input.name, column: name, known, didYouMean });
}

function checkShape(input: ModelInput, columns: readonly Column[], path: string): void {
  if (columns.length > 1) {
    for (const [index, { name, shape }] of columns.entries()) {
      if (elementCount(shape) === 1) continue;
      throw new DescentError('COLUMN_NOT_SCALAR', {
        path: `${path}.columns.${index}`,
        input: input.name,
        column: name,
        columnShape: formatShape(shape),
      });
    }
  }
  const given = columns.length > 1 ? [columns.length] : columns[0]!.shape;
  if (!feeds(given, input.shape)) {
    throw new DescentError('COLUMN_SHAPE_MISMATCH', {
      path,
      input: input.name,
      inputShape: formatShape(input.shape),
      columnShape: formatShape(given),
      columns: columns.map(({ name }) => name),
    });
  }
}

/**
 * Axes of size 1 do not matter ([28, 28] feeds [28, 28, 1]), and a flat vector and a shape of as many elements feed
 * each other in row-major order ([784] and [28, 28, 1]). Other reshapes are refused: [32, 32, 3] and [3, 32, 32] have
 * as many elements and a different meaning.
 */
function feeds(given: readonly number[], wanted: readonly number[]): boolean {
  const a = given.filter((size) => size !== 1);
  const b = wanted.filter((size) => size !== 1);
  if (a.length <= 1 || b.length <= 1) return elementCount(a) === elementCount(b);
  return a.length === b.length && a.every((size, axis) => size === b[axis]);
}

function refuseMissing(input: ModelInput, columns: readonly Column[], path: string): void {
  const gappy = columns.find(({ dtype, missing = 0 }) => dtype === 'float32' && missing > 0);
  if (gappy === undefined) return;
  const { name: column, missing } = gappy;
  throw new DescentError('COLUMN_HAS_MISSING', { path, input: input.name, column, missing });
}

function refuseText(input: ModelInput, columns: readonly Column[], path: string): void {
  const text = columns.find(({ classes }) => classes !== undefined);
  if (text === undefined) return;
  throw new DescentError('COLUMN_IS_TEXT', {
    path,
    input: input.name,
    dtype: input.dtype,
    column: text.name,
    classes: text.classes?.length,
  });
}

function refuseFractions(input: ModelInput, columns: readonly Column[], path: string): void {
  const fractional = columns.find(({ dtype }) => dtype === 'float32');
  if (fractional === undefined) return;
  throw new DescentError('COLUMN_NOT_INTEGER', {
    path,
    input: input.name,
    column: fractional.name,
    columnDtype: fractional.dtype,
  });
}

function checkLabels(input: ModelInput, classes: number, columns: readonly Column[], path: string): void {
  for (const { name, statistics } of columns) {
    const { minimum, maximum } = statistics;
    // By the extremes alone, which are all that a manifest knows.
    if ((minimum >= 0 || minimum === input.ignored) && (maximum < classes || maximum === input.ignored))
      continue;
    const details = {
      path,
      input: input.name,
      column: name,
      minimum,
      maximum,
      classes,
      largest: classes - 1,
    };
    throw new DescentError('LABELS_OUT_OF_RANGE', details);
  }
}

function boundColumn({ name, shape, statistics }: Column, transform: InputSource['transform']): BoundColumn {
  const column = { column: name, elements: elementCount(shape) };
  switch (transform?.type) {
    case undefined:
      return { ...column, factor: 1, offset: 0 };
    case 'scale':
      return { ...column, factor: transform.factor, offset: transform.offset ?? 0 };
    case 'standardise': {
      // A constant column has no deviation to divide by; it becomes 0.
      const deviation = statistics.standardDeviation === 0 ? 1 : statistics.standardDeviation;
      return { ...column, factor: 1 / deviation, offset: -statistics.mean / deviation };
    }
    default:
      return transform satisfies never;
  }
}
