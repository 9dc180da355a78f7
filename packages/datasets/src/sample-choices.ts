import { type Column, type DataSettings, type DatasetManifest, nearestName } from '@descent/contracts';
import { DescentError } from '@descent/errors';
import { elementCount } from '@descent/tensors';
import type { ColumnArray } from './column.ts';

/** The values of a column in a split, all samples. */
export type ChoosingValues = (split: string, column: string) => ColumnArray;

/** Columns whose values decide which samples train and validate, and in what order. */
export function choosingColumns(settings: DataSettings): string[] {
  return [...new Set(choosers(settings).map(({ column }) => column))];
}

/** Answers about one sample of a split; undefined where nothing asks. */
export interface Choices {
  /** Whether it has all columns of `dropMissing`. */
  readonly present: ((split: string, sample: number) => boolean) | undefined;
  /** Whether `validation.values` holds its value. */
  readonly held: ((split: string, sample: number) => boolean) | undefined;
  readonly stratum: ((split: string, sample: number) => number) | undefined;
  readonly balance: ((split: string, sample: number) => number) | undefined;
}

interface Chooser {
  readonly column: string;
  readonly path: string;
  readonly wants: 'anything' | 'classes' | 'scalar';
}

function choosers({ dropMissing, validation, balance }: DataSettings): Chooser[] {
  const all: Chooser[] = (dropMissing ?? []).map((column, index) => ({
    column,
    path: `data.dropMissing[${index}]`,
    wants: 'anything',
  }));
  if (validation !== undefined && 'column' in validation)
    all.push({ column: validation.column, path: 'data.validation.column', wants: 'scalar' });
  if (validation !== undefined && 'stratify' in validation && validation.stratify !== undefined)
    all.push({ column: validation.stratify, path: 'data.validation.stratify', wants: 'classes' });
  if (balance !== undefined) all.push({ column: balance, path: 'data.balance', wants: 'classes' });
  return all;
}

/** Throws SAMPLES_INVALID for a column that is not there or cannot choose. */
export function checkChoosingColumns(
  settings: DataSettings,
  manifest: Pick<DatasetManifest, 'columns'>,
): void {
  for (const { column: name, path, wants } of choosers(settings)) {
    const column = findColumn(manifest, name, path);
    if (settings.window !== undefined) {
      throw new DescentError('SAMPLES_INVALID', {
        path,
        problem: 'rows cannot be chosen with `data.window`',
      });
    }
    if (wants === 'anything') continue;
    if (elementCount(column.shape) !== 1) {
      const problem = `column "${name}" has shape [${column.shape.join(', ')}]; it needs one value per sample`;
      throw new DescentError('SAMPLES_INVALID', { path, problem });
    }
    if (wants === 'classes' && column.dtype === 'float32') {
      const problem = `column "${name}" is float32; it needs classes or whole numbers`;
      throw new DescentError('SAMPLES_INVALID', { path, problem });
    }
  }
}

export function readChoices(
  settings: DataSettings,
  manifest: Pick<DatasetManifest, 'columns'>,
  values: ChoosingValues | undefined,
): Choices {
  const { dropMissing = [], validation, balance } = settings;
  const readerOf = (column: string) => {
    if (values === undefined) throw new RangeError(`The values of column "${column}" were not given`);
    const known = new Map<string, ColumnArray>();
    return (split: string, sample: number): number => {
      const data = known.get(split) ?? values(split, column);
      known.set(split, data);
      return data[sample]!;
    };
  };
  const held =
    validation !== undefined && 'column' in validation
      ? { of: readerOf(validation.column), codes: codesOf(validation, manifest) }
      : undefined;
  return {
    present: dropMissing.length === 0 ? undefined : presentIn(dropMissing, manifest, values),
    held: held && ((split, sample) => held.codes.has(held.of(split, sample))),
    stratum:
      validation !== undefined && 'stratify' in validation && validation.stratify !== undefined
        ? readerOf(validation.stratify)
        : undefined,
    balance: balance === undefined ? undefined : readerOf(balance),
  };
}

function presentIn(
  names: readonly string[],
  manifest: Pick<DatasetManifest, 'columns'>,
  values: ChoosingValues | undefined,
): (split: string, sample: number) => boolean {
  const columns = names.map((name, index) => findColumn(manifest, name, `data.dropMissing[${index}]`));
  const gappy = columns.filter(({ missing = 0 }) => missing > 0);
  if (gappy.length === 0) return () => true;
  if (values === undefined) throw new RangeError('The values of columns of `dropMissing` were not given');
  return (split, sample) =>
    gappy.every(({ name, shape, classes, dtype }) => {
      const data = values(split, name);
      if (classes !== undefined) return data[sample] !== classes.length - 1;
      if (dtype !== 'float32') return true;
      const elements = elementCount(shape);
      for (let i = sample * elements; i < (sample + 1) * elements; i++)
        if (Number.isNaN(data[i])) return false;
      return true;
    });
}

/** Values as the column holds them: codes of classes, else numbers. */
function codesOf(
  { column: name, values }: { readonly column: string; readonly values: readonly (string | number)[] },
  manifest: Pick<DatasetManifest, 'columns'>,
): ReadonlySet<number> {
  const { classes, dtype } = findColumn(manifest, name, 'data.validation.column');
  return new Set(
    values.map((value, index) => {
      if (typeof value === 'number') return dtype === 'float32' ? Math.fround(value) : value;
      const code = classes?.indexOf(value) ?? -1;
      if (code !== -1) return code;
      const didYouMean = nearestName(value, classes ?? []);
      throw new DescentError('SAMPLES_INVALID', {
        path: `data.validation.values[${index}]`,
        problem: `column "${name}" has no class "${value}"${didYouMean === undefined ? '' : `; did you mean "${didYouMean}"?`}`,
        didYouMean,
      });
    }),
  );
}

function findColumn(manifest: Pick<DatasetManifest, 'columns'>, name: string, path: string): Column {
  const column = manifest.columns.find((candidate) => candidate.name === name);
  if (column !== undefined) return column;
  const known = manifest.columns.map((candidate) => candidate.name);
  const didYouMean = nearestName(name, known);
  throw new DescentError('SAMPLES_INVALID', {
    path,
    problem: `the data set has no column "${name}"${didYouMean === undefined ? `; it has ${known.join(', ')}` : `; did you mean "${didYouMean}"?`}`,
    didYouMean,
  });
}
