import { basename } from 'node:path';
import type { DataFormat, DatasetManifest, IngestOptions } from '@descent/contracts';
import { DescentError } from '@descent/errors';
import type { ArtifactSink } from './artifacts.ts';
import { detectFormat } from './detect-format.ts';
import { joinSplits } from './named-columns.ts';
import { placeOfFile } from './place-of-file.ts';
import { openCsv } from './read-csv.ts';
import { openIdx } from './read-idx.ts';
import { openImages } from './read-images.ts';
import { openJsonLines } from './read-json-lines.ts';
import { openNpy } from './read-npy.ts';
import { openNpz } from './read-npz.ts';
import { openParquet } from './read-parquet.ts';
import { openSafetensors } from './read-safetensors.ts';
import { isTokenizerFile, openTexts, type TextPart } from './read-text.ts';
import type { ColumnSource, SplitSource } from './split-source.ts';
import { type TablePart, tableSplits, WrongGuess } from './table.ts';
import {
  defaultIngestLimits,
  type IngestLimits,
  type WrittenDataset,
  writeDataset,
} from './write-dataset.ts';

export interface IngestInput {
  readonly path: string;
  /** The name it was uploaded under, with its folder; left out, the name in `path`. */
  readonly name?: string;
  /** Left out: detected. */
  readonly format?: DataFormat;
  /** The split that a file without splits of its own becomes, or adds rows to. Left out: what the name of one of several files says, else `train`. */
  readonly split?: string;
  /** How a table is written, and the types of its columns; how pictures and texts are taken. */
  readonly options?: IngestOptions;
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
 * Turns files into shards, a manifest and a report of what is in them, or throws a DescentError of the data section and
 * leaves no record; what was stored until then, or on a guess that turned out wrong, is not named by the manifest.
 * Tables (CSV, TSV, JSON Lines, Parquet) of any number are read together: one type and one list of classes per column holds
 * for all of them. The files are not changed and must not change meanwhile.
 */
export async function ingestFiles(options: IngestFilesOptions): Promise<WrittenDataset> {
  try {
    return await ingestOnce(options, true);
  } catch (error) {
    if (!(error instanceof WrongGuess)) throw error;
    return ingestOnce(options, false);
  }
}

/** Files as readers take them, by the way in which several of them go together. */
interface OpenFiles {
  readonly tables: TablePart[];
  readonly texts: TextPart[];
  /** By split. */
  readonly arrays: Map<string, ColumnSource[]>;
  readonly splits: SplitSource[];
  readonly whenDone: (close: () => void) => void;
}

async function ingestOnce(
  { files, sink, limits = defaultIngestLimits }: IngestFilesOptions,
  guess: boolean,
): Promise<WrittenDataset> {
  const closers: (() => void)[] = [];
  const whenDone = (close: () => void) => closers.push(close);
  const open: OpenFiles = { tables: [], texts: [], arrays: new Map(), splits: [], whenDone };
  try {
    for (const file of files) await openInput(file, files.length > 1, open);
    const { tables, texts, arrays, splits } = open;
    if (tables.length > 0) splits.push(...(await tableSplits(tables, { guess })));
    if (arrays.size > 0) splits.push(...joinSplits('the files', arrays));
    if (texts.length > 0) splits.push(...(await openTexts(texts, sink)));
    const names = splits.map(({ name }) => name);
    const twice = names.find((name, index) => names.indexOf(name) !== index);
    if (twice !== undefined) {
      const problem = 'two files give it; only rows of tables and texts are put together';
      throw new DescentError('SPLITS_DIFFER', { split: twice, first: twice, problem });
    }
    return await writeDataset(splits, sink, limits);
  } finally {
    for (const close of closers) close();
  }
}

async function openInput(
  { path, name = basename(path), options = {}, ...file }: IngestInput,
  several: boolean,
  { tables, texts, arrays, splits, whenDone }: OpenFiles,
): Promise<void> {
  // A tokenizer is JSON, which a table could be as well; it only ever comes with texts.
  const format =
    several && isTokenizerFile(name) ? 'text' : (file.format ?? (await detectFormat(path, name)));
  const place = several ? placeOfFile(name) : {};
  const split = file.split ?? place.split ?? 'train';
  const types = options.types ?? {};
  switch (format) {
    case 'csv':
      tables.push({ split, types, table: await openCsv(path, options) });
      break;
    case 'tsv':
      tables.push({ split, types, table: await openCsv(path, { delimiter: '\t', ...options }) });
      break;
    case 'jsonl':
      tables.push({ split, types, table: await openJsonLines(path) });
      break;
    case 'parquet':
      tables.push({ split, types, table: await openParquet(path) });
      break;
    case 'npz':
      splits.push(...(await openNpz(path, split, whenDone)));
      break;
    case 'safetensors':
      splits.push(...(await openSafetensors(path, split)));
      break;
    case 'npy':
    case 'idx': {
      const column = place.column ?? unnamedColumn;
      const source = format === 'npy' ? openNpy(path, split, column) : openIdx(path, { column });
      arrays.set(split, [...(arrays.get(split) ?? []), await source]);
      break;
    }
    case 'images':
      splits.push(...(await openImages(path, split, options.image ?? {})));
      break;
    case 'text':
      texts.push({ path, name, split, options });
      break;
    default:
      format satisfies never;
  }
}
