import type { FlatBuffer } from './flat-memory.ts';
import { type Range, requireSameMemory, resolveRange } from './range.ts';

export interface Statistics {
  /** Sum of squares, accumulated in double precision; finite exactly when every element is. */
  readonly squaredNorm: number;
  /** max |x|; NaN if any element is. */
  readonly largestMagnitude: number;
}

/**
 * target ← target + source, element by element in float32. Adding two buffers is the only sum there is: the
 * caller's order of calls is the order of the tree.
 */
export function addInto(target: FlatBuffer, source: FlatBuffer): void {
  requireSameMemory({ target, source });
  target.memory.kernels.addInto(target.byteOffset, source.byteOffset, target.floats.length);
}

/** False when an element is NaN or infinite. */
export function allFinite(buffer: FlatBuffer): boolean {
  return buffer.memory.kernels.allFinite(buffer.byteOffset, buffer.floats.length) === 1;
}

/**
 * Norm and largest magnitude of a buffer, or of one tensor in it. The bits depend on the elements of the range and
 * its length alone; those of adjoining ranges do not add up to the bits of the whole.
 */
export function statistics(buffer: FlatBuffer, range?: Range): Statistics {
  const { address, count } = resolveRange(buffer, range);
  const { kernels, results } = buffer.memory;
  kernels.statistics(address, count, results.byteOffset);
  return { squaredNorm: results[0]!, largestMagnitude: results[1]! };
}
