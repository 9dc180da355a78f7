import type { DatasetManifest, Shard } from '@descent/contracts';
import { type ArtifactSource, createGather, type InputBinding, loadSplit } from '@descent/datasets';
import { DescentError } from '@descent/errors';
import { arrayOf, elementCount, type Tensor, tensor } from '@descent/tensors';

/**
 * Some samples of a data set as the inputs of a model, transformed as in training. Only the shards that hold them are read.
 * @param indices of samples of the split, in any order
 * @throws DescentError REQUEST_INVALID for a split or a sample that is not there, SHARD_DAMAGED
 */
export async function loadSamples(
  { split: name, indices }: { readonly split: string; readonly indices: readonly number[] },
  bindings: readonly InputBinding[],
  manifest: DatasetManifest,
  source: ArtifactSource,
): Promise<ReadonlyMap<string, Tensor>> {
  const split = manifest.splits.find((candidate) => candidate.name === name);
  if (split === undefined) {
    const known = manifest.splits.map((candidate) => candidate.name).join(', ');
    throw invalid('samples.split', `the data set has no split "${name}"; it has ${known}`);
  }
  const count = samplesIn(split.count, bindings);
  const beyond = indices.findIndex((index) => index >= count);
  if (beyond !== -1) {
    const problem = `split "${name}" has ${count} samples, numbered from 0; there is no ${indices[beyond]}`;
    throw invalid(`samples.indices[${beyond}]`, problem);
  }
  const { stride } = bindings[0]?.rows ?? { stride: 1 };
  const first = indices.map((index) => index * stride);
  const { shards, local } = shardsOf(split.shards, first, rowsOf(bindings));
  const rows = shards.reduce((sum, shard) => sum + shard.count, 0);
  const partial = { ...manifest, splits: [{ name, count: rows, shards }] };
  const columns = bindings.flatMap((binding) => binding.columns.map(({ column }) => column));
  const loaded = await loadSplit(partial, name, columns, source);
  return new Map(
    bindings.map((binding) => {
      const shape = [indices.length, ...binding.shape];
      // The samples are found by their first row.
      const gather = createGather(loaded, { ...binding, rows: { ...binding.rows, stride: 1 } });
      const data = arrayOf(binding.dtype, elementCount(shape));
      gather(local, data);
      return [binding.input, tensor(binding.dtype, shape, data)];
    }),
  );
}

/** Rows from the first of a sample to the last that one of its inputs reads. */
function rowsOf(bindings: readonly InputBinding[]): number {
  return bindings.reduce((most, { rows: { length, shift } }) => Math.max(most, length + shift), 1);
}

function samplesIn(rows: number, bindings: readonly InputBinding[]): number {
  const { stride } = bindings[0]?.rows ?? { stride: 1 };
  return Math.max(0, Math.floor((rows - rowsOf(bindings)) / stride) + 1);
}

/** The shards that hold the samples, and where each sample is in them, put one after the other. */
function shardsOf(
  shards: readonly Shard[],
  firstRows: readonly number[],
  length: number,
): { readonly shards: Shard[]; readonly local: Uint32Array } {
  const kept: Shard[] = [];
  const local = new Uint32Array(firstRows.length);
  let start = 0;
  let keptCount = 0;
  for (const shard of shards) {
    const end = start + shard.count;
    let holdsOne = false;
    firstRows.forEach((first, place) => {
      if (first + length <= start || first >= end) return;
      if (first >= start) local[place] = keptCount + first - start;
      holdsOne = true;
    });
    if (holdsOne) {
      kept.push(shard);
      keptCount += shard.count;
    }
    start = end;
  }
  return { shards: kept, local };
}

function invalid(path: string, problem: string): DescentError {
  return new DescentError('REQUEST_INVALID', { path, problem });
}
