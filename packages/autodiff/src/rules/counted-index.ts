import { DescentError } from '@descent/errors';
import type { Tensor } from '@descent/tensors';
import { numbers } from './numbers.ts';

/** An index counted from the front; −1 is the last of `size`. */
export function countedIndex(op: string, index: number, size: number): number {
  if (index < -size || index >= size) throw new DescentError('GRAPH_INDEX_OUT_OF_RANGE', { op, index, size });
  return index < 0 ? index + size : index;
}

/** Indices into an axis of that size, counted from the front. */
export function countedIndices(op: string, indices: Tensor, size: number): readonly number[] {
  return Array.from(numbers(indices), (index) => countedIndex(op, index, size));
}
