/** Bytes of one element. */
export const ELEMENT: usize = 4;
/** Bytes of four elements: what one SIMD register holds. */
export const VECTOR: usize = 16;

/**
 * A kernel is written once, over a register, and its loop runs it on four elements while there are four
 * and then on one at a time. Lane arithmetic is the same IEEE arithmetic either way, so an element's bits
 * do not depend on where in a register, or in a tile, it happened to fall.
 * `whole` is a constant at every call, so the branch is gone after inlining.
 */
@inline
export function read(address: usize, whole: bool): v128 {
  return whole ? v128.load(address) : v128.load32_zero(address);
}

@inline
export function write(address: usize, value: v128, whole: bool): void {
  if (whole) v128.store(address, value);
  else v128.store32_lane(address, value, 0);
}
