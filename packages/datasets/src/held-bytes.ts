import type { DataSettings, DatasetManifest } from '@descent/contracts';
import { bytesPerSample } from './column.ts';
import type { InputBinding } from './input-binding.ts';

/** Shards that a worker keeps in memory as they are, by default (DESCENT_CACHE_MEMORY_MIB). */
export const shardCacheMebibytes = 256;

/**
 * Bytes of a data set that a worker keeps in memory while it serves a job: the columns that feed the model of every split that the
 * job reads, and beside them as many of the shards as the cache takes.
 */
export function heldBytes(
  settings: Pick<DataSettings, 'train' | 'validation'>,
  manifest: Pick<DatasetManifest, 'columns' | 'splits'>,
  bindings: readonly InputBinding[],
): number {
  const { train = 'train', validation } = settings;
  const read = new Set([
    train,
    ...(validation !== undefined && 'split' in validation ? [validation.split] : []),
  ]);
  const samples = manifest.splits.reduce((sum, { name, count }) => sum + (read.has(name) ? count : 0), 0);
  const columns = new Set(bindings.flatMap((binding) => binding.columns.map(({ column }) => column)));
  const loaded = samples * bytesPerSample(manifest.columns.filter(({ name }) => columns.has(name)));
  const shards = samples * bytesPerSample(manifest.columns);
  return loaded + Math.min(shards, shardCacheMebibytes * 2 ** 20);
}
