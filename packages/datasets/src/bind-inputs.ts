import {
  type Column,
  type ColumnSource,
  type DataSettings,
  type DatasetManifest,
  type InputSource,
  nearestName,
  type Transform,
  type Transforms,
} from '@descent/contracts';
import { DescentError } from '@descent/errors';
import { elementCount, formatShape } from '@descent/tensors';
import { bindColumn } from './bind-column.ts';
import type { BoundColumn, InputBinding, ModelInput } from './input-binding.ts';
import type { Flow } from './transforms/flow.ts';

/**
 * Finds the columns that feed every input of a model, labels included, and checks them and their transforms by the
 * manifest alone, before any sample is read. Statistics that the settings do not record yet (see `fitData`) are taken from
 * the manifest. Throws INPUT_UNKNOWN, COLUMN_UNKNOWN, COLUMN_NOT_SCALAR, COLUMN_SHAPE_MISMATCH, COLUMN_IS_TEXT,
 * COLUMN_NOT_INTEGER, COLUMN_HAS_MISSING, TRANSFORM_INVALID, LABELS_OUT_OF_RANGE; `details.path` is the field of the job.
 */
export function bindInputs(
  settings: DataSettings,
  manifest: Pick<DatasetManifest, 'columns'>,
  inputs: readonly ModelInput[],
): InputBinding[] {
  const names = inputs.map(({ name }) => name);
  for (const input of Object.keys(settings.inputs ?? {})) {
    if (names.includes(input)) continue;
    const didYouMean = nearestName(input, names);
    const path = `data.inputs.${input}`;
    throw new DescentError('INPUT_UNKNOWN', { path, input, known: names.join(', '), didYouMean });
  }
  return inputs.map((input) => bindInput(input, settings, manifest));
}

/** A column of an input, with the transforms that apply to it. */
export interface SourceColumn {
  readonly name: string;
  readonly transforms: readonly Transform[];
  /** Number of the column among those that share the transforms. */
  readonly index: number;
  /** Field of the transforms within the source: `transform` or `columns.2.transform`. */
  readonly field: string;
  /** Whether they stand in a list. */
  readonly listed: boolean;
}

/** The columns of a source; those without transforms of their own have those of the source. */
export function sourceColumns({ columns, transform }: InputSource): SourceColumn[] {
  let sharing = 0;
  return columns.map((given: string | ColumnSource, place) => {
    if (typeof given !== 'string' && given.transform !== undefined) {
      return {
        name: given.name,
        transforms: listOf(given.transform),
        index: 0,
        field: `columns.${place}.transform`,
        listed: Array.isArray(given.transform),
      };
    }
    return {
      name: typeof given === 'string' ? given : given.name,
      transforms: listOf(transform),
      index: sharing++,
      field: 'transform',
      listed: Array.isArray(transform),
    };
  });
}

function listOf(transforms: Transforms | undefined): readonly Transform[] {
  if (transforms === undefined) return [];
  return Array.isArray(transforms) ? transforms : [transforms];
}

interface Found {
  readonly column: Column;
  readonly bound: BoundColumn;
  readonly flow: Flow;
}

function bindInput(
  input: ModelInput,
  settings: DataSettings,
  manifest: Pick<DatasetManifest, 'columns'>,
): InputBinding {
  const source = settings.inputs?.[input.name];
  const path = source === undefined ? 'data.inputs' : `data.inputs.${input.name}`;
  const found = sourceColumns(source ?? { columns: [input.name] }).map((given, index): Found => {
    const columnPath = source === undefined ? path : `${path}.columns.${index}`;
    const column = findColumn(manifest, given.name, input, columnPath);
    const dropsMissing = settings.dropMissing?.includes(column.name) ?? false;
    const bound = bindColumn({
      ...given,
      column,
      input: input.name,
      path: `${path}.${given.field}`,
      dropsMissing,
    });
    return { column, ...bound };
  });
  const { window } = settings;
  checkShape(input, found, window?.length, path);
  refuseMissing(input, found, path);
  if (input.dtype === 'float32') refuseText(input, found, path);
  else refuseFractions(input, found, path);
  if (input.classes !== undefined) checkLabels(input, input.classes, found, path);
  const length = window?.length ?? 1;
  return {
    input: input.name,
    dtype: input.dtype,
    shape: input.shape,
    columns: found.map(({ bound }) => bound),
    rows: { length, stride: window?.stride ?? length, shift: shiftOf(source, window !== undefined, path) },
  };
}

function shiftOf(source: InputSource | undefined, windowed: boolean, path: string): number {
  const { shift = 0 } = source ?? {};
  if (shift === 0 || windowed) return shift;
  throw new DescentError('REQUEST_INVALID', {
    path: `${path}.shift`,
    problem: 'only makes sense with `data.window`, which turns rows into sequences',
  });
}

function findColumn(
  manifest: Pick<DatasetManifest, 'columns'>,
  name: string,
  input: ModelInput,
  path: string,
): Column {
  const column = manifest.columns.find((candidate) => candidate.name === name);
  if (column !== undefined) return column;
  const known = manifest.columns.map((candidate) => candidate.name);
  const didYouMean = nearestName(name, known);
  throw new DescentError('COLUMN_UNKNOWN', { path, input: input.name, column: name, known, didYouMean });
}

function checkShape(
  input: ModelInput,
  found: readonly Found[],
  window: number | undefined,
  path: string,
): void {
  if (found.length > 1) {
    for (const [index, { column, flow }] of found.entries()) {
      if (flow.shape.length <= 1 || elementCount(flow.shape) === 1) continue;
      throw new DescentError('COLUMN_NOT_SCALAR', {
        path: `${path}.columns.${index}`,
        input: input.name,
        column: column.name,
        columnShape: formatShape(flow.shape),
      });
    }
  }
  const width = found.reduce((sum, { bound }) => sum + bound.width, 0);
  const row = found.length > 1 ? [width] : found[0]!.flow.shape;
  const given = window === undefined ? row : [window, ...row];
  if (!feeds(given, input.shape)) {
    throw new DescentError('COLUMN_SHAPE_MISMATCH', {
      path,
      input: input.name,
      inputShape: formatShape(input.shape),
      columnShape: formatShape(given),
      columns: found.map(({ column }) => column.name),
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

function refuseMissing(input: ModelInput, found: readonly Found[], path: string): void {
  const gappy = found.find(({ flow }) => flow.gaps);
  if (gappy === undefined) return;
  const { name: column, missing } = gappy.column;
  throw new DescentError('COLUMN_HAS_MISSING', { path, input: input.name, column, missing });
}

function refuseText(input: ModelInput, found: readonly Found[], path: string): void {
  const text = found.find(({ flow }) => flow.classes !== undefined || flow.text);
  if (text === undefined) return;
  const { name: column, classes } = text.column;
  throw new DescentError('COLUMN_IS_TEXT', {
    path,
    input: input.name,
    dtype: input.dtype,
    column,
    what: classes === undefined ? 'free text' : `${classes.length} classes`,
  });
}

function refuseFractions(input: ModelInput, found: readonly Found[], path: string): void {
  const fractional = found.find(({ flow }) => !flow.integer);
  if (fractional === undefined) return;
  const { bound, column } = fractional;
  throw new DescentError('COLUMN_NOT_INTEGER', {
    path,
    input: input.name,
    column: column.name,
    columnDtype: bound.steps.length > 0 ? 'transformed to fractions' : column.dtype,
  });
}

function checkLabels(input: ModelInput, classes: number, found: readonly Found[], path: string): void {
  for (const { column, flow } of found) {
    const { minimum, maximum } = flow.range ?? column.statistics;
    // By the extremes alone, which are all that a manifest knows.
    if ((minimum >= 0 || minimum === input.ignored) && (maximum < classes || maximum === input.ignored))
      continue;
    const details = {
      path,
      input: input.name,
      column: column.name,
      minimum,
      maximum,
      classes,
      largest: classes - 1,
    };
    throw new DescentError('LABELS_OUT_OF_RANGE', details);
  }
}
