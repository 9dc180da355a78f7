import type { DatasetManifest } from '@descent/contracts';
import { DescentError } from '@descent/errors';
import type { ArtifactSink } from './artifacts.ts';
import type { CsvOptions } from './csv-dialect.ts';
import { type DataFormat, detectFormat } from './detect-format.ts';
import { readNpySplits, readNpzSplits } from './read-arrays.ts';
import { openCsv } from './read-csv.ts';
import { openIdx } from './read-idx.ts';
import { openJsonLines } from './read-json-lines.ts';
import { openParquet } from './read-parquet.ts';
import { joinColumns, type SplitSource } from './split-source.ts';
import { type TablePart, tableSplits } from './table.ts';
import {
  defaultIngestLimits,
  type IngestLimits,
  type WrittenDataset,
  writeDataset,
} from './write-dataset.ts';

export interface IngestInput {
  readonly path: string;
  /** The name it was uploaded under; left out, the name in `path`. */
  readonly name?: string;
  /** Left out: detected. */
  readonly format?: DataFormat;
  /** The split that a file without splits of its own becomes, or adds rows to. Left out: `train`. */
  readonly split?: string;
  /** How a table is written, and the types of its columns. */
  readonly options?: CsvOptions;
}

export interface IngestFilesOptions {
  readonly files: readonly IngestInput[];
  readonly sink: ArtifactSink;
  readonly limits?: IngestLimits;
}

export interface IngestFileOptions extends IngestInput {
  readonly sink: ArtifactSink;
  readonly limits?: IngestLimits;
}

/** Name of the only column of a format that has no names: one NPY or IDX array. */
export const unnamedColumn = 'value';

/** `ingestFiles` of one file, without the report. */
export async function ingestFile({ sink, limits, ...file }: IngestFileOptions): Promise<DatasetManifest> {
  const { manifest } = await ingestFiles({
    files: [file],
    sink,
    ...(limits === undefined ? {} : { limits }),
  });
  return manifest;
}

/**
 * Turns files into shards, a manifest and a report of what is in them, or throws a DescentError of the data section and leaves no record. Tables
 * (CSV, TSV, JSON Lines, Parquet) of any number are read together: one type and one list of classes per column holds for all of
 * them. The files are not changed and must not change meanwhile.
 */
export async function ingestFiles({
  files,
  sink,
  limits = defaultIngestLimits,
}: IngestFilesOptions): Promise<WrittenDataset> {
  const tables: TablePart[] = [];
  const splits: SplitSource[] = [];
  for (const file of files) {
    const format = file.format ?? (await detectFormat(file.path, file.name));
    const split = file.split ?? 'train';
    const types = file.options?.types ?? {};
    switch (format) {
      case 'csv':
        tables.push({ split, types, table: await openCsv(file.path, file.options) });
        break;
      case 'tsv':
        tables.push({ split, types, table: await openCsv(file.path, { delimiter: '\t', ...file.options }) });
        break;
      case 'jsonl':
        tables.push({ split, types, table: await openJsonLines(file.path) });
        break;
      case 'parquet':
        tables.push({ split, types, table: await openParquet(file.path) });
        break;
      case 'npz':
        splits.push(...(await readNpzSplits(file.path)));
        break;
      case 'npy':
        splits.push(...(await readNpySplits(file.path, split, unnamedColumn)));
        break;
      case 'idx':
        splits.push(joinColumns(split, [await openIdx(file.path, { column: unnamedColumn })]));
        break;
      default:
        format satisfies never;
    }
  }
  if (tables.length > 0) splits.push(...(await tableSplits(tables)));
  const names = splits.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) {
    const problem = 'two files give it; only rows of tables are put together';
    throw new DescentError('SPLITS_DIFFER', { split: twice, first: twice, problem });
  }
  return writeDataset(splits, sink, limits);
}
