import type { Column, DatasetManifest, Shard } from '@descent/contracts';
import { DescentError } from '@descent/errors';
import { decodeSafetensors, elementCount, formatShape } from '@descent/tensors';
import type { ArtifactSource } from './artifacts.ts';
import { sha256 } from './canonical-json.ts';
import { allocateColumn, bytesPerSample, type ColumnArray } from './column.ts';

/** A column in memory: all samples of the split, one after the other. */
export interface LoadedColumn {
  readonly column: Column;
  readonly data: ColumnArray;
}

export interface LoadedSplit {
  readonly name: string;
  readonly count: number;
  readonly columns: ReadonlyMap<string, LoadedColumn>;
}

const defaultMaxBytes = 16 * 1024 ** 3;

/**
 * Reads the named columns of a split into memory, shard by shard, each checked against its hash and the manifest.
 * Throws SPLIT_UNKNOWN, COLUMN_UNKNOWN, DATA_TOO_LARGE, SHARD_DAMAGED, and what the source throws.
 */
export async function loadSplit(
  manifest: DatasetManifest,
  splitName: string,
  columnNames: readonly string[],
  source: ArtifactSource,
  { maxBytes = defaultMaxBytes }: { readonly maxBytes?: number } = {},
): Promise<LoadedSplit> {
  const split = manifest.splits.find(({ name }) => name === splitName);
  if (split === undefined) {
    const known = manifest.splits.map(({ name }) => name).join(', ');
    throw new DescentError('SPLIT_UNKNOWN', { path: 'data', split: splitName, known });
  }
  const wanted = [...new Set(columnNames)].map((name) => findColumn(manifest, name));
  const bytes = split.count * bytesPerSample(wanted);
  if (bytes > maxBytes) {
    const part = `Split "${splitName}" in memory`;
    throw new DescentError('DATA_TOO_LARGE', { part, actual: `${bytes} bytes`, limit: `${maxBytes} bytes` });
  }
  const columns = wanted.map((column) => ({
    column,
    data: allocateColumn(column.dtype, split.count * elementCount(column.shape)),
  }));
  let start = 0;
  for await (const { shard, bytes } of readAhead(split.shards, source)) {
    copyShard(bytes, shard, columns, start, split.count);
    start += shard.count;
  }
  if (start !== split.count) {
    throw new Error(
      `The shards of split "${splitName}" hold ${start} samples; its manifest says ${split.count}`,
    );
  }
  return {
    name: splitName,
    count: split.count,
    columns: new Map(columns.map((loaded) => [loaded.column.name, loaded])),
  };
}

/** Shards that are fetched while others are copied; each at most 8 MB. */
const shardsAhead = 4;

async function* readAhead(shards: readonly Shard[], source: ArtifactSource) {
  const fetching = (shard: Shard) => {
    const bytes = source.get(shard.hash);
    // It is awaited in its turn; a failure before that is no unhandled one.
    bytes.catch(() => {});
    return { shard, bytes };
  };
  const ahead = shards.slice(0, shardsAhead).map(fetching);
  for (let next = shardsAhead; ahead.length > 0; next++) {
    const { shard, bytes } = ahead.shift()!;
    if (next < shards.length) ahead.push(fetching(shards[next]!));
    yield { shard, bytes: await bytes };
  }
}

function copyShard(
  bytes: Uint8Array,
  shard: Shard,
  columns: readonly LoadedColumn[],
  start: number,
  splitCount: number,
): void {
  const damaged = (problem: string, cause?: unknown) =>
    new DescentError('SHARD_DAMAGED', { hash: shard.hash, problem }, { cause });
  if (sha256(bytes) !== shard.hash) throw damaged('its content does not match its hash');
  if (start + shard.count > splitCount) throw damaged('it holds more samples than its split');
  const { tensors } = decodeSafetensors(bytes);
  for (const { column, data } of columns) {
    const stored = tensors.get(column.name);
    const expected = formatShape([shard.count, ...column.shape]);
    if (stored?.dtype !== column.dtype || formatShape(stored.shape) !== expected) {
      throw damaged(`it has no ${column.dtype} ${expected} named "${column.name}"`);
    }
    data.set(stored.data as ColumnArray, start * elementCount(column.shape));
  }
}

function findColumn(manifest: DatasetManifest, name: string): Column {
  const column = manifest.columns.find((candidate) => candidate.name === name);
  if (column !== undefined) return column;
  const known = manifest.columns.map((candidate) => candidate.name);
  throw new DescentError('COLUMN_UNKNOWN', { path: 'data', input: name, column: name, known });
}
