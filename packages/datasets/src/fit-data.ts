import type {
  Column,
  ColumnSource,
  DataSettings,
  DatasetManifest,
  InputSource,
  Transform,
  Transforms,
} from '@descent/contracts';
import { elementCount } from '@descent/tensors';
import type { ArtifactSource } from './artifacts.ts';
import { bindInputs, sourceColumns } from './bind-inputs.ts';
import { chooseSamples } from './choose-samples.ts';
import { type ColumnSummary, summaryOfManifest, summaryOfValues } from './column-summary.ts';
import type { ModelInput } from './input-binding.ts';
import { loadSplit } from './load-split.ts';
import { choosingColumns } from './sample-choices.ts';
import type { SampleSelection } from './sample-selection.ts';

/** The data part of a job when it is submitted: complete, so that nobody computes a statistic again. */
export interface FittedData {
  /** With the statistics of every transform written into it. */
  readonly settings: DataSettings;
  readonly samples: { readonly train: number; readonly validation: number };
}

/** Whether `fitData` has to read samples: then it takes as long as reading those columns. */
export function readsSamples(settings: DataSettings, manifest: DatasetManifest): boolean {
  if (choosingColumns(settings).length > 0) return true;
  const whole = trainsOnAll(settings, manifest);
  return openFits(settings).some(({ transform }) => !(whole && inManifest(transform, manifest)));
}

/**
 * Checks the settings as `bindInputs` and `selectSamples` do, counts the samples, and computes the statistics that
 * transforms lack: of the samples that train, missing values left out, in double precision and in their order.
 */
export async function fitData(
  settings: DataSettings,
  manifest: DatasetManifest,
  inputs: readonly ModelInput[],
  seed: number,
  source: ArtifactSource,
): Promise<FittedData> {
  bindInputs(settings, manifest, inputs);
  const selected = await chooseSamples(settings, manifest, seed, source);
  const samples = { train: selected.train.count, validation: selected.validation?.count ?? 0 };
  const fits = openFits(settings);
  if (fits.length === 0) return { settings, samples };

  const whole = trainsOnAll(settings, manifest);
  const toRead = fits.filter(({ transform }) => !(whole && inManifest(transform, manifest)));
  const names = toRead.map(({ column }) => column);
  const loaded =
    names.length === 0 ? undefined : await loadSplit(manifest, selected.train.split, names, source);
  const rows = trainingRows(settings, selected.train);
  const summaries = new Map<string, ColumnSummary>();
  const summaryOf = (name: string, transform: Transform): ColumnSummary => {
    const column = manifest.columns.find((candidate) => candidate.name === name)!;
    if (whole && inManifest(transform, manifest)) return summaryOfManifest(column);
    const groups = transform.type === 'standardise' && transform.per === 'channel' ? channelsOf(column) : 1;
    const key = `${groups} ${name}`;
    const known =
      summaries.get(key) ??
      summaryOfValues(loaded!.columns.get(name)!.data, rows, elementCount(column.shape), groups);
    summaries.set(key, known);
    return known;
  };
  const fitted = Object.entries(settings.inputs ?? {}).map(([name, given]): [string, InputSource] => [
    name,
    fitSource(given, summaryOf),
  ]);
  return { settings: { ...settings, inputs: Object.fromEntries(fitted) }, samples };
}

interface OpenFit {
  readonly column: string;
  readonly transform: Transform;
}

/** Transforms that need statistics and have none. */
function openFits({ inputs }: DataSettings): OpenFit[] {
  return Object.values(inputs ?? {}).flatMap((source) =>
    sourceColumns(source).flatMap(({ name, transforms }) =>
      transforms.filter(isOpen).map((transform) => ({ column: name, transform })),
    ),
  );
}

function isOpen(transform: Transform): boolean {
  switch (transform.type) {
    case 'standardise':
      return transform.mean === undefined;
    case 'normalise':
      return transform.minimum === undefined;
    case 'fill':
      return typeof transform.with === 'string' && transform.values === undefined;
    case 'bucketise':
      return transform.quantiles !== undefined && transform.values === undefined;
    default:
      return false;
  }
}

/** Mean and deviation of the manifest are of the training split; its extremes are of all splits. */
function inManifest(transform: Transform, { splits }: Pick<DatasetManifest, 'splits'>): boolean {
  switch (transform.type) {
    case 'standardise':
      return transform.per !== 'channel';
    case 'normalise':
      return splits.length === 1;
    case 'fill':
      return transform.with === 'mean';
    default:
      return false;
  }
}

/** The manifest's statistics are of the split `train`, else of the first. */
function trainsOnAll(settings: DataSettings, { splits }: Pick<DatasetManifest, 'splits'>): boolean {
  const { train = 'train', validation, dropMissing, window } = settings;
  const reference = splits.find(({ name }) => name === 'train') ?? splits[0];
  const holdsOut = validation !== undefined && !('split' in validation);
  return reference?.name === train && !holdsOut && dropMissing === undefined && window === undefined;
}

function trainingRows({ window }: DataSettings, { count, indices }: SampleSelection): Uint32Array | number {
  if (window === undefined) return indices ?? count;
  // Training windows are the first ones.
  return (count - 1) * (window.stride ?? window.length) + window.length;
}

function channelsOf({ shape }: Column): number {
  return shape.at(-1) ?? 1;
}

type SummaryOf = (column: string, transform: Transform) => ColumnSummary;

function fitSource(source: InputSource, summaryOf: SummaryOf): InputSource {
  const nameOf = (column: string | ColumnSource) => (typeof column === 'string' ? column : column.name);
  const sharing = source.columns.filter(
    (column) => typeof column === 'string' || column.transform === undefined,
  );
  const columns = source.columns.map((column) =>
    typeof column === 'string' || column.transform === undefined
      ? column
      : { ...column, transform: fitAll(column.transform, [column.name], summaryOf) },
  );
  if (source.transform === undefined) return { ...source, columns };
  return { ...source, columns, transform: fitAll(source.transform, sharing.map(nameOf), summaryOf) };
}

function fitAll(transforms: Transforms, columns: readonly string[], summaryOf: SummaryOf): Transforms {
  if (!Array.isArray(transforms)) return fit(transforms, columns, summaryOf);
  return transforms.map((transform) => fit(transform, columns, summaryOf));
}

function fit(transform: Transform, columns: readonly string[], summaryOf: SummaryOf): Transform {
  if (!isOpen(transform) || columns.length === 0) return transform;
  const summaries = columns.map((column) => summaryOf(column, transform));
  switch (transform.type) {
    case 'standardise':
      return {
        ...transform,
        mean: summaries.flatMap(({ groups }) => groups.map(({ mean }) => mean)),
        standardDeviation: summaries.flatMap(({ groups }) =>
          groups.map(({ standardDeviation }) => standardDeviation),
        ),
      };
    case 'normalise':
      return {
        ...transform,
        minimum: summaries.map(({ minimum }) => minimum),
        maximum: summaries.map(({ maximum }) => maximum),
      };
    case 'fill':
      return {
        ...transform,
        values: summaries.map(({ groups, quantile }) =>
          transform.with === 'median' ? quantile(0.5) : groups[0]!.mean,
        ),
      };
    case 'bucketise': {
      const { quantiles = 2 } = transform;
      const values = summaries.map(({ quantile }) => {
        const edges = Array.from({ length: quantiles - 1 }, (_, index) => quantile((index + 1) / quantiles));
        // Equal ones make no buckets.
        return [...new Set(edges)];
      });
      return { ...transform, values };
    }
    default:
      return transform;
  }
}
