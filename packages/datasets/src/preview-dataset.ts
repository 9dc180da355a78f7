import { type Column, type DatasetManifest, type DatasetPreview, nearestName } from '@descent/contracts';
import { DescentError } from '@descent/errors';
import { elementCount } from '@descent/tensors';
import type { ArtifactSource } from './artifacts.ts';
import type { ColumnArray } from './column.ts';
import { imageSprite, isImage } from './image-sprite.ts';
import { type LoadedSplit, loadSplit } from './load-split.ts';
import { openTokenizer } from './tokenizers/open-tokenizer.ts';

const shownElements = 16;
const shownCharacters = 500;
const shownTokens = 2000;
/** A preview that looks at more is no preview. */
const maxBytes = 256 * 1024 ** 2;

export interface PreviewQuestion {
  /** Default: the first. */
  readonly split?: string;
  readonly offset: number;
  readonly count: number;
}

/**
 * Some samples that follow each other, as people read them. Only the shards that hold them are read.
 * Throws SPLIT_UNKNOWN, SHARD_DAMAGED, TOKENIZER_INVALID, and what the source throws.
 */
export async function previewDataset(
  manifest: DatasetManifest,
  { split: wanted, offset, count }: PreviewQuestion,
  source: ArtifactSource,
): Promise<DatasetPreview> {
  const known = manifest.splits.map(({ name }) => name);
  const split = manifest.splits.find(({ name }) => name === (wanted ?? known[0]));
  if (split === undefined) {
    const didYouMean = nearestName(wanted ?? '', known);
    throw new DescentError('SPLIT_UNKNOWN', {
      path: 'split',
      split: wanted,
      known: known.join(', '),
      didYouMean,
    });
  }
  const tokens = tokenColumn(manifest);
  const reach = Math.max(count, tokens === undefined ? 0 : shownTokens);
  const { loaded, first } = await loadRange(manifest, split.name, offset, offset + reach, source);
  const present = Math.max(0, Math.min(count, split.count - offset));
  const samples = Array.from({ length: present }, (_, index) => first + index);
  const image = manifest.columns.find(isImage);
  const columns = manifest.columns.filter((column) => column !== image);
  const rows = samples.map((sample) =>
    Object.fromEntries(
      columns.map((column) => [column.name, readable(column, loaded.columns.get(column.name)!.data, sample)]),
    ),
  );
  return {
    split: split.name,
    count: split.count,
    offset,
    rows,
    images:
      image === undefined || samples.length === 0
        ? null
        : {
            column: image.name,
            ...(await imageSprite(image, loaded.columns.get(image.name)!.data, samples)),
          },
    text: tokens === undefined ? null : await textOf(tokens, loaded, first, source),
  };
}

/** A data set of one column, one token per sample. */
function tokenColumn({ columns }: DatasetManifest): Column | undefined {
  const [column] = columns;
  if (columns.length !== 1 || column === undefined || elementCount(column.shape) !== 1) return undefined;
  const characters = column.classes?.every((name) => [...name].length === 1) ?? false;
  return characters || column.kind === 'tokens' ? column : undefined;
}

async function textOf(
  { name, classes, tokenizer }: Column,
  loaded: LoadedSplit,
  first: number,
  source: ArtifactSource,
): Promise<string | null> {
  const codes = loaded.columns.get(name)!.data.subarray(first, first + shownTokens);
  if (classes !== undefined) return Array.from(codes, (code) => classes[code] ?? '').join('');
  if (tokenizer === undefined) return null;
  const file: unknown = JSON.parse(new TextDecoder().decode(await source.get(tokenizer.hash)));
  return openTokenizer(file).decode(codes);
}

async function loadRange(
  manifest: DatasetManifest,
  name: string,
  start: number,
  end: number,
  source: ArtifactSource,
): Promise<{ readonly loaded: LoadedSplit; readonly first: number }> {
  const split = manifest.splits.find((candidate) => candidate.name === name)!;
  const shards: typeof split.shards = [];
  let at = 0;
  let before = 0;
  for (const shard of split.shards) {
    if (at + shard.count <= start) before += shard.count;
    else if (at < end) shards.push(shard);
    at += shard.count;
  }
  const count = shards.reduce((sum, shard) => sum + shard.count, 0);
  const columns = manifest.columns.map((column) => column.name);
  const partial = { ...manifest, splits: [{ name, count, shards }] };
  const loaded = await loadSplit(partial, name, columns, source, { maxBytes });
  return { loaded, first: Math.min(start - before, count) };
}

function readable(column: Column, data: ColumnArray, sample: number): unknown {
  const elements = elementCount(column.shape);
  const values = data.subarray(sample * elements, (sample + 1) * elements);
  if (column.kind === 'text') {
    const end = values.indexOf(0);
    const text = new TextDecoder().decode(Uint8Array.from(end === -1 ? values : values.subarray(0, end)));
    return text.length > shownCharacters ? `${text.slice(0, shownCharacters)}…` : text;
  }
  const single = (value: number): unknown => {
    if (Number.isNaN(value)) return null;
    if (column.classes !== undefined) {
      const missing = column.missing !== undefined && value === column.classes.length - 1;
      return missing ? null : (column.classes[value] ?? value);
    }
    if (column.kind === 'boolean') return value === 1;
    if (column.kind === 'date')
      return new Date(value * 86_400_000).toISOString().replace('T00:00:00.000Z', '');
    return value;
  };
  if (elements === 1) return single(values[0]!);
  return Array.from(values.subarray(0, shownElements), single);
}
