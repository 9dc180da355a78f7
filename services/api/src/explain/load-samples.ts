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
  const beyond = indices.findIndex((index) => index >= split.count);
  if (beyond !== -1) {
    const problem = `split "${name}" has ${split.count} samples, numbered from 0; there is no ${indices[beyond]}`;
    throw invalid(`samples.indices[${beyond}]`, problem);
  }
  const { shards, local } = shardsOf(split.shards, indices);
  const count = shards.reduce((sum, shard) => sum + shard.count, 0);
  const partial = { ...manifest, splits: [{ name, count, shards }] };
  const columns = bindings.flatMap((binding) => binding.columns.map(({ column }) => column));
  const loaded = await loadSplit(partial, name, columns, source);
  return new Map(
    bindings.map((binding) => {
      const shape = [indices.length, ...binding.shape];
      const gather = createGather(loaded, binding);
      const data = arrayOf(binding.dtype, elementCount(shape));
      gather(local, data);
      return [binding.input, tensor(binding.dtype, shape, data)];
    }),
  );
}

/** The shards that hold the samples, and where each sample is in them, put one after the other. */
function shardsOf(
  shards: readonly Shard[],
  indices: readonly number[],
): { readonly shards: Shard[]; readonly local: Uint32Array } {
  const kept: Shard[] = [];
  const local = new Uint32Array(indices.length);
  let start = 0;
  let keptCount = 0;
  for (const shard of shards) {
    const end = start + shard.count;
    let holdsOne = false;
    indices.forEach((index, place) => {
      if (index < start || index >= end) return;
      local[place] = keptCount + index - start;
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
