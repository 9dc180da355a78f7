import type { Split } from '@descent/contracts';
import { DescentError } from '@descent/errors';
import { elementCount, encodeSafetensors, type Tensor, tensor } from '@descent/tensors';
import type { ArtifactSink } from './artifacts.ts';
import { allocateColumn, bytesPerSample, type ColumnArray, type ColumnLayout } from './column.ts';
import type { Profile } from './profile.ts';
import type { SampleBlock, SplitSource } from './split-source.ts';
import { type Moments, mergeMoments, momentsOf, noMoments } from './statistics.ts';

/** Binds only where samples are of few bytes: tokens of a text. */
const maxShardSamples = 2 ** 20;
const maxShardBytes = 8 * 1024 ** 2;

export interface WrittenSplit {
  readonly split: Split;
  /** In the order of the columns. */
  readonly moments: readonly Moments[];
}

/**
 * Streams a split into shards of 8 MB. Shard borders depend only on the columns, so equal samples give equal hashes. One
 * shard is stored while the next is filled. Memory: three shards. Throws DATA_EMPTY, DATA_TOO_LARGE, COLUMN_VALUE_INVALID.
 */
export async function writeSplit(
  source: SplitSource,
  sink: ArtifactSink,
  maxBytes: number,
  profile: Profile,
): Promise<WrittenSplit> {
  const { name, columns } = source;
  const sampleBytes = bytesPerSample(columns);
  const capacity = Math.max(1, Math.min(maxShardSamples, Math.floor(maxShardBytes / sampleBytes)));
  const elements = columns.map(({ shape }) => elementCount(shape));
  let room = 0;
  let buffers: ColumnArray[] = [];
  const shards: Split['shards'] = [];
  let moments: Moments[] = columns.map(() => noMoments);
  let written = 0;
  profile.begin(name, columns);
  let filled = 0;
  let storing: Promise<void> = Promise.resolve();

  /** Small data sets get small buffers. */
  function makeRoom(samples: number): void {
    if (samples <= room) return;
    room = Math.min(capacity, Math.max(samples, room * 4));
    buffers = columns.map(({ dtype }, c) => {
      const larger = allocateColumn(dtype, room * elements[c]!);
      larger.set(buffers[c]?.subarray(0, filled * elements[c]!) ?? []);
      return larger;
    });
  }

  async function flush(): Promise<void> {
    const data = buffers.map((buffer, c) => buffer.subarray(0, filled * elements[c]!));
    const added = columns.map((column, c) => {
      const found = momentsOf(data[c]!, column.missing !== undefined);
      if (!Number.isFinite(found.mean)) throw notFinite(name, column, data[c]!, written);
      return found;
    });
    moments = moments.map((before, c) => mergeMoments(before, added[c]!));
    profile.add(filled, data, added);
    const tensors = columns.map(({ name: column, dtype, shape }, c): [string, Tensor] => [
      column,
      tensor(dtype, [filled, ...shape], data[c]!),
    ]);
    const content = encodeSafetensors(tensors);
    const count = filled;
    await storing;
    storing = sink.put(content).then((stored) => {
      shards.push({ ...stored, count });
    });
    // Awaited with the next shard; until then a failure must not count as unhandled.
    storing.catch(() => undefined);
    written += filled;
    filled = 0;
  }

  try {
    for await (const block of source.blocks()) {
      if ((written + filled + block.count) * sampleBytes > maxBytes) {
        throw new DescentError('DATA_TOO_LARGE', {
          part: `Split "${name}"`,
          actual: `more than ${written + filled} samples of ${sampleBytes} bytes`,
          limit: `${maxBytes} bytes`,
        });
      }
      for (let from = 0; from < block.count; ) {
        const count = Math.min(capacity - filled, block.count - from);
        makeRoom(filled + count);
        copyBlock(block, from, count, buffers, filled, elements);
        from += count;
        filled += count;
        if (filled === capacity) await flush();
      }
    }
    if (filled > 0) await flush();
  } finally {
    // Also after a failure: what is being stored must be known to whoever clears it away.
    await storing;
  }
  if (written === 0) throw new DescentError('DATA_EMPTY', { part: `split "${name}"` });
  return { split: { name, count: written, shards }, moments };
}

function copyBlock(
  block: SampleBlock,
  from: number,
  count: number,
  buffers: readonly ColumnArray[],
  to: number,
  elements: readonly number[],
): void {
  block.data.forEach((data, c) => {
    const size = elements[c]!;
    buffers[c]!.set(data.subarray(from * size, (from + count) * size), to * size);
  });
}

function notFinite(split: string, column: ColumnLayout, data: ColumnArray, written: number): DescentError {
  const index = data.findIndex((x: number) =>
    column.missing === undefined ? !Number.isFinite(x) : Math.abs(x) === Number.POSITIVE_INFINITY,
  );
  return new DescentError('COLUMN_VALUE_INVALID', {
    column: column.name,
    split,
    sample: written + Math.floor(index / elementCount(column.shape)),
    problem: `${data[index]} is not a finite number`,
  });
}
