import {
  type DataSettings,
  type DatasetManifest,
  nearestName,
  type Split,
  type ValidationSettings,
} from '@descent/contracts';
import { DescentError } from '@descent/errors';
import { permutation } from './permutation.ts';
import { type ChoosingValues, checkChoosingColumns, readChoices } from './sample-choices.ts';

/** Some samples of a split. */
export interface SampleSelection {
  readonly split: string;
  readonly count: number;
  /** Ascending sample numbers within the split; null for all of them. */
  readonly indices: Uint32Array | null;
  /** The class of each of them, in that order, where every epoch draws as many of each. */
  readonly balance?: Int32Array;
}

export interface SelectedSamples {
  readonly train: SampleSelection;
  readonly validation: SampleSelection | null;
}

type Held = Exclude<ValidationSettings, { readonly split: string }>;

/**
 * Which samples train and which validate, chosen by permutations of their own streams: the same for every epoch, engine
 * and number of workers. Settings that look at values (`choosingColumns`) need them of the splits concerned.
 * Throws SPLIT_UNKNOWN, SPLIT_TOO_SMALL, SAMPLES_INVALID.
 */
export function selectSamples(
  settings: DataSettings,
  manifest: Pick<DatasetManifest, 'columns' | 'splits'>,
  seed: number,
  values?: ChoosingValues,
): SelectedSamples {
  const trainSplit = findSplit(manifest, settings.train ?? 'train', 'data.train');
  const { validation } = settings;
  const validationSplit =
    validation !== undefined && 'split' in validation
      ? findSplit(manifest, validation.split, 'data.validation.split')
      : undefined;
  checkChoosingColumns(settings, manifest);
  const choices = readChoices(settings, manifest, values);
  const train = samplesOf(settings, trainSplit, choices.present);
  const validating =
    validationSplit === undefined ? null : samplesOf(settings, validationSplit, choices.present);
  if (validation === undefined || 'split' in validation) {
    return { train: balanced(train, choices.balance), validation: validating };
  }
  const positions =
    settings.window === undefined
      ? heldPositions(validation, train, seed, choices)
      : lastPositions(validation, train, settings.window);
  const held = new Set(positions.validation);
  const kept = positions.train ?? allBut(train.count, held);
  if (held.size === 0 || kept.length === 0) {
    throw new DescentError('SPLIT_TOO_SMALL', {
      path: 'data.validation',
      part: describePart(validation),
      count: train.count,
    });
  }
  const pick = (chosen: Uint32Array): SampleSelection => ({
    split: train.split,
    count: chosen.length,
    indices: chosen.map((position) => train.indices?.[position] ?? position),
  });
  return {
    train: balanced(pick(kept), choices.balance),
    validation: pick(Uint32Array.from(positions.validation).sort()),
  };
}

/** All samples of a split: windows where there are windows, without those in which a column is missing. */
function samplesOf(
  { window, inputs }: DataSettings,
  { name, count }: Split,
  present: ((split: string, sample: number) => boolean) | undefined,
): SampleSelection {
  if (window !== undefined) {
    const shift = Object.values(inputs ?? {}).reduce((most, source) => Math.max(most, source.shift ?? 0), 0);
    const stride = window.stride ?? window.length;
    const windows = Math.floor((count - window.length - shift) / stride) + 1;
    if (windows >= 1) return { split: name, count: windows, indices: null };
    throw new DescentError('SAMPLES_INVALID', {
      path: 'data.window.length',
      problem: `split "${name}" has ${count} rows; a window takes ${window.length + shift}`,
    });
  }
  if (present === undefined) return { split: name, count, indices: null };
  const indices = Uint32Array.from({ length: count }, (_, sample) => sample).filter((sample) =>
    present(name, sample),
  );
  if (indices.length > 0) return { split: name, count: indices.length, indices };
  throw new DescentError('SAMPLES_INVALID', {
    path: 'data.dropMissing',
    problem: `no sample of split "${name}" has all of these columns`,
  });
}

interface Positions {
  readonly validation: readonly number[];
  /** Left out: all the others. */
  readonly train?: Uint32Array;
}

function heldPositions(
  validation: Held,
  { split, count, indices }: SampleSelection,
  seed: number,
  choices: ReturnType<typeof readChoices>,
): Positions {
  const sampleAt = (position: number) => indices?.[position] ?? position;
  if ('column' in validation) {
    const held = Array.from({ length: count }, (_, position) => position).filter((position) =>
      choices.held!(split, sampleAt(position)),
    );
    return { validation: held };
  }
  const strata = choices.stratum && ((position: number) => choices.stratum!(split, sampleAt(position)));
  if ('folds' in validation) {
    const { folds, fold } = validation;
    if (fold >= folds) {
      throw new DescentError('SAMPLES_INVALID', {
        path: 'data.validation.fold',
        problem: `must be 0 to ${folds - 1} for ${folds} folds, got ${fold}`,
      });
    }
    const order = byStratum(strata, count, (size, stratum) =>
      permutation(size, seed, stratum, 'folds'),
    ).flat();
    return { validation: order.filter((_, rank) => rank % folds === fold) };
  }
  const wanted = Math.round(validation.ratio * count);
  const orders = byStratum(strata, count, (size, stratum) => permutation(size, seed, stratum, 'holdOut'));
  const shares = sharesOf(
    orders.map((order) => order.length),
    wanted,
  );
  return { validation: orders.flatMap((order, index) => order.slice(0, shares[index])) };
}

/** Windows next to each other overlap or continue each other, so the last ones are held out, and none reaches into them. */
function lastPositions(
  validation: Held,
  { count }: SampleSelection,
  { length, stride = length }: NonNullable<DataSettings['window']>,
): Positions {
  if (!('ratio' in validation) || validation.stratify !== undefined) {
    throw new DescentError('SAMPLES_INVALID', {
      path: 'data.validation',
      problem: 'with `data.window` give a split or a plain ratio',
    });
  }
  const first = count - Math.round(validation.ratio * count);
  const overlapping = Math.ceil(length / stride) - 1;
  return {
    validation: Array.from({ length: count - first }, (_, index) => first + index),
    train: Uint32Array.from({ length: Math.max(0, first - overlapping) }, (_, position) => position),
  };
}

/** The positions of every stratum (one, without strata), each in a permuted order. */
function byStratum(
  stratumOf: ((position: number) => number) | undefined,
  count: number,
  order: (size: number, stratum: number) => Uint32Array,
): number[][] {
  if (stratumOf === undefined) return [Array.from(order(count, 0))];
  const members = new Map<number, number[]>();
  for (let position = 0; position < count; position++) {
    const stratum = stratumOf(position);
    const known = members.get(stratum);
    if (known === undefined) members.set(stratum, [position]);
    else known.push(position);
  }
  return [...members]
    .sort(([a], [b]) => a - b)
    .map(([, positions], index) => Array.from(order(positions.length, index), (rank) => positions[rank]!));
}

/** Parts of `wanted` in proportion to the sizes, by the largest remainders; the first of equal ones. */
function sharesOf(sizes: readonly number[], wanted: number): number[] {
  const total = sizes.reduce((sum, size) => sum + size, 0);
  const exact = sizes.map((size) => (size * wanted) / total);
  const shares = exact.map(Math.floor);
  const left = wanted - shares.reduce((sum, share) => sum + share, 0);
  const byRemainder = exact
    .map((share, index) => ({ index, remainder: share - Math.floor(share) }))
    .sort((a, b) => b.remainder - a.remainder || a.index - b.index);
  for (const { index } of byRemainder.slice(0, left)) shares[index]!++;
  return shares;
}

function balanced(
  selection: SampleSelection,
  classOf: ((split: string, sample: number) => number) | undefined,
): SampleSelection {
  if (classOf === undefined) return selection;
  const { split, count, indices } = selection;
  const balance = Int32Array.from({ length: count }, (_, position) =>
    classOf(split, indices?.[position] ?? position),
  );
  return { ...selection, balance };
}

function allBut(count: number, held: ReadonlySet<number>): Uint32Array {
  const kept = new Uint32Array(Math.max(0, count - held.size));
  let at = 0;
  for (let position = 0; position < count && at < kept.length; position++) {
    if (!held.has(position)) kept[at++] = position;
  }
  return kept;
}

function describePart(validation: Held): string {
  if ('column' in validation) return `where "${validation.column}" has one of the values`;
  if ('folds' in validation) return `fold ${validation.fold} of ${validation.folds}`;
  return `${validation.ratio}`;
}

function findSplit(manifest: Pick<DatasetManifest, 'splits'>, name: string, path: string): Split {
  const split = manifest.splits.find((candidate) => candidate.name === name);
  const known = manifest.splits.map((candidate) => candidate.name);
  if (split === undefined) {
    const didYouMean = nearestName(name, known);
    throw new DescentError('SPLIT_UNKNOWN', { path, split: name, known: known.join(', '), didYouMean });
  }
  if (split.count === 0) throw new DescentError('DATA_EMPTY', { part: `split "${name}"`, path });
  return split;
}
