import { type DataSettings, type DatasetManifest, nearestName, type Split } from '@descent/contracts';
import { DescentError } from '@descent/errors';
import { permutation } from './permutation.ts';

/** Some samples of a split. */
export interface SampleSelection {
  readonly split: string;
  readonly count: number;
  /** Ascending sample numbers within the split; null for all of them. */
  readonly indices: Uint32Array | null;
}

export interface SelectedSamples {
  readonly train: SampleSelection;
  readonly validation: SampleSelection | null;
}

/**
 * Which samples train and which validate. A ratio holds out round(ratio × count) samples of the training split,
 * chosen by a permutation of their own stream: the same for every epoch, engine and number of workers.
 * Throws SPLIT_UNKNOWN, SPLIT_TOO_SMALL.
 */
export function selectSamples(
  settings: DataSettings,
  manifest: DatasetManifest,
  seed: number,
): SelectedSamples {
  const trainSplit = findSplit(manifest, settings.train ?? 'train', 'data.train');
  const { validation } = settings;
  if (validation === undefined) return { train: wholeSplit(trainSplit), validation: null };
  if ('split' in validation) {
    const split = findSplit(manifest, validation.split, 'data.validation.split');
    return { train: wholeSplit(trainSplit), validation: wholeSplit(split) };
  }
  return holdOut(trainSplit, validation.ratio, seed);
}

function holdOut({ name, count }: Split, ratio: number, seed: number): SelectedSamples {
  const held = Math.round(ratio * count);
  if (held < 1 || held >= count) {
    throw new DescentError('SPLIT_TOO_SMALL', { path: 'data.validation.ratio', ratio, count });
  }
  const order = permutation(count, seed, 0, 'holdOut');
  const select = (indices: Uint32Array): SampleSelection => ({
    split: name,
    count: indices.length,
    indices: indices.sort(),
  });
  return { train: select(order.slice(held)), validation: select(order.slice(0, held)) };
}

function findSplit(manifest: DatasetManifest, name: string, path: string): Split {
  const split = manifest.splits.find((candidate) => candidate.name === name);
  const known = manifest.splits.map((candidate) => candidate.name);
  if (split === undefined) {
    const didYouMean = nearestName(name, known);
    throw new DescentError('SPLIT_UNKNOWN', { path, split: name, known: known.join(', '), didYouMean });
  }
  if (split.count === 0) throw new DescentError('DATA_EMPTY', { part: `split "${name}"`, path });
  return split;
}

function wholeSplit({ name, count }: Split): SampleSelection {
  return { split: name, count, indices: null };
}
