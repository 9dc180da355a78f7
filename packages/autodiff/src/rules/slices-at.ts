import type { Tensor } from '@descent/tensors';
import { countedIndex } from './counted-index.ts';
import { stridesOf } from './indexing.ts';
import { numbers } from './numbers.ts';

/**
 * For each index vector (a row along the last axis of `indices`), the offset of the slice of `data` that it names. The
 * first `batchDims` axes of data and indices run together.
 */
export function sliceOffsets(
  op: string,
  data: readonly number[],
  indices: Tensor,
  batchDims: number,
): readonly number[] {
  const width = indices.shape.at(-1)!;
  const strides = stridesOf(data);
  const rows = indices.shape.slice(0, -1).reduce((product, dim) => product * dim, 1);
  const batches = data.slice(0, batchDims).reduce((product, dim) => product * dim, 1);
  const values = numbers(indices);
  return Array.from({ length: rows }, (_, row) => {
    const batch = Math.floor((row * batches) / rows);
    let offset = batch * (batchDims === 0 ? 0 : strides[batchDims - 1]!);
    for (let place = 0; place < width; place += 1) {
      const axis = batchDims + place;
      offset += countedIndex(op, values[row * width + place]!, data[axis]!) * strides[axis]!;
    }
    return offset;
  });
}
