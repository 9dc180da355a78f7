import type { DatasetManifest } from '@descent/contracts';
import type { ArtifactSink } from './artifacts.ts';
import { type DataFormat, detectFormat } from './detect-format.ts';
import { readNpySplits, readNpzSplits } from './read-arrays.ts';
import { readCsvSplits } from './read-csv.ts';
import { openIdx } from './read-idx.ts';
import { joinColumns, type SplitSource } from './split-source.ts';
import { defaultIngestLimits, type IngestLimits, writeDataset } from './write-dataset.ts';

export interface IngestFileOptions {
  readonly path: string;
  /** The name it was uploaded under; left out, the name in `path`. */
  readonly name?: string;
  /** Left out: detected. */
  readonly format?: DataFormat;
  readonly sink: ArtifactSink;
  readonly limits?: IngestLimits;
}

/** Name of the only column of a format that has no names: one NPY or IDX array. */
export const unnamedColumn = 'value';

/**
 * Turns one file into shards and a manifest, or throws a DescentError of the data section and leaves no record.
 * The file is not changed and must not change meanwhile.
 */
export async function ingestFile(options: IngestFileOptions): Promise<DatasetManifest> {
  const { path, sink, limits = defaultIngestLimits } = options;
  const format = options.format ?? (await detectFormat(path, options.name));
  return writeDataset(await readSplits(path, format), sink, limits);
}

async function readSplits(path: string, format: DataFormat): Promise<SplitSource[]> {
  switch (format) {
    case 'csv':
      return readCsvSplits(path, ',');
    case 'tsv':
      return readCsvSplits(path, '\t');
    case 'npz':
      return readNpzSplits(path);
    case 'npy':
      return readNpySplits(path, unnamedColumn);
    case 'idx':
      return [joinColumns('train', [await openIdx(path, { column: unnamedColumn })])];
    default:
      return format satisfies never;
  }
}
