import type { ArrayOf } from '@descent/tensors';
import type { ColumnArray } from './column.ts';
import { type ColumnFeed, createColumnFeed, type FeedTarget } from './column-feed.ts';
import type { InputBinding } from './input-binding.ts';
import type { LoadedSplit } from './load-split.ts';
import { createDraws } from './transforms/draw.ts';

/**
 * Copies samples `indices` into the start of `target`, [indices.length, ...shape], transformed. `epoch` is that of the
 * training pass, which random transforms depend on; without one there is nothing random. Allocates nothing.
 */
export type Gather<D extends InputBinding['dtype'] = InputBinding['dtype']> = (
  indices: Uint32Array,
  target: ArrayOf[D],
  epoch?: number,
) => void;

interface Part {
  readonly data: ColumnArray;
  readonly elements: number;
  /** Where the elements of this column start within a row of the input. */
  readonly at: number;
  readonly feed: ColumnFeed;
}

/** Prepares the batches of one input. `seed` is that of the job. */
export function createGather(split: LoadedSplit, binding: InputBinding, seed = 0): Gather {
  let width = 0;
  const parts = binding.columns.map((bound): Part => {
    const loaded = split.columns.get(bound.column);
    if (loaded === undefined) throw new RangeError(`Column "${bound.column}" was not loaded`);
    const { data } = loaded;
    const part = { data, elements: bound.elements, at: width, feed: createColumnFeed(bound, data) };
    width += bound.width;
    return part;
  });
  const { length, stride, shift } = binding.rows;
  const draws = createDraws(seed);

  return (indices, target: FeedTarget, epoch) => {
    if (target.length < indices.length * length * width) {
      throw new RangeError(
        `${indices.length} samples of "${binding.input}" do not fit into ${target.length} elements`,
      );
    }
    for (const index of indices) {
      if (index * stride + shift + length > split.count)
        throw new RangeError(`Split "${split.name}" has no sample ${index}`);
    }
    for (const { data, elements, at, feed } of parts) {
      let to = at;
      for (const index of indices) {
        const first = index * stride + shift;
        for (let row = first; row < first + length; row++) {
          feed(data, row * elements, target, to, epoch === undefined ? undefined : draws.of(row, epoch));
          to += width;
        }
      }
    }
  };
}
