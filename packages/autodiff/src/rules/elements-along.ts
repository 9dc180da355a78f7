import type { Tensor } from '@descent/tensors';
import { type Shape, sameDim } from '../dim.ts';
import { countedIndices } from './counted-index.ts';
import { offsets, stridesOf } from './indexing.ts';

/** Indices have as many axes as the data, none longer but the indexed one. */
export function fitsInto(indices: Shape, data: Shape, axis: number): boolean {
  return (
    indices.length === data.length &&
    indices.every((dim, at) => {
      const limit = data[at]!;
      if (at === axis || sameDim(dim, limit)) return true;
      return typeof dim === 'number' && typeof limit === 'number' && dim < limit;
    })
  );
}

/** For each index, the offset of the element of `data` that it names: its own place, but along `axis`. */
export function elementOffsets(
  op: string,
  data: readonly number[],
  indices: Tensor,
  axis: number,
): Int32Array {
  const at = axis < 0 ? axis + data.length : axis;
  const strides = stridesOf(data);
  const rows = countedIndices(op, indices, data[at]!);
  return offsets(indices.shape, strides.with(at, 0)).map((base, place) => base + rows[place]! * strides[at]!);
}
