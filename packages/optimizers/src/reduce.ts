import type { FlatBuffer } from './flat-memory.ts';
import { type Range, requireSameMemory, resolveRange } from './range.ts';

/**
 * target ← target + source, element by element in float32. Adding two buffers is the only sum there is: the
 * caller's order of calls is the order of the tree. Every tiling gives the same bits.
 */
export function addInto(target: FlatBuffer, source: FlatBuffer, range?: Range): void {
  requireSameMemory(['target', 'source'], [target, source], range);
  const { address, count } = resolveRange(target, range);
  target.memory.kernels.addInto(address, resolveRange(source, range).address, count);
}

/** target ← minuend − subtrahend over the elements of `target`, which may be fewer than those of the others. */
export function subtractInto(target: FlatBuffer, minuend: FlatBuffer, subtrahend: FlatBuffer): void {
  const range = { start: 0, end: target.floats.length };
  requireSameMemory(['target', 'minuend', 'subtrahend'], [target, minuend, subtrahend], range);
  const { kernels } = target.memory;
  kernels.subtract(target.byteOffset, minuend.byteOffset, subtrahend.byteOffset, range.end);
}

/** False when an element is NaN or infinite. */
export function allFinite(buffer: FlatBuffer, range?: Range): boolean {
  const { address, count } = resolveRange(buffer, range);
  return buffer.memory.kernels.allFinite(address, count) === 1;
}

/**
 * Σ of the squares of a buffer, or of a buffer plus an `addend` whose sum (in float32) is not written anywhere. Added in
 * double precision: finite exactly when every element is. The bits depend on the elements and their number alone; those
 * of adjoining ranges do not add up to the bits of the whole, so whoever adds them uses {@link tilesOf}.
 */
export function squaredNorm(buffer: FlatBuffer, addend?: FlatBuffer, range?: Range): number {
  if (addend !== undefined) requireSameMemory(['buffer', 'addend'], [buffer, addend], range);
  const { address, count } = resolveRange(buffer, range);
  const other = addend === undefined ? 0 : resolveRange(addend, range).address;
  return buffer.memory.kernels.squares(address, other, count);
}
