import type { DataSettings, DatasetManifest } from '@descent/contracts';
import type { ArtifactSource } from './artifacts.ts';
import { type LoadedSplit, loadSplit } from './load-split.ts';
import { checkChoosingColumns, choosingColumns } from './sample-choices.ts';
import { type SelectedSamples, selectSamples } from './sample-selection.ts';

/**
 * `selectSamples`, with the columns that decide read first where there are any. Throws what that throws, SPLIT_UNKNOWN,
 * SHARD_DAMAGED, and what the source throws.
 */
export async function chooseSamples(
  settings: DataSettings,
  manifest: DatasetManifest,
  seed: number,
  source: ArtifactSource,
): Promise<SelectedSamples> {
  const columns = choosingColumns(settings);
  if (columns.length === 0) return selectSamples(settings, manifest, seed);
  checkChoosingColumns(settings, manifest);
  const { train = 'train', validation } = settings;
  const names = new Set([
    train,
    ...(validation !== undefined && 'split' in validation ? [validation.split] : []),
  ]);
  const loaded = new Map<string, LoadedSplit>();
  for (const { name } of manifest.splits) {
    if (names.has(name)) loaded.set(name, await loadSplit(manifest, name, columns, source));
  }
  return selectSamples(
    settings,
    manifest,
    seed,
    (split, column) => loaded.get(split)!.columns.get(column)!.data,
  );
}
