import { ELEMENT, VECTOR, read } from './lanes';

/**
 * Σ x² of x = source, or with an `addend` of x = source + addend (rounded to float32, as the tree adds). Squares of
 * float32 are exact in f64 and are added there, in eight sums that are folded in one fixed order. A sum of 2^30 of them
 * is far below the largest f64, so it is finite exactly when every x is.
 */
export function squares(source: usize, addend: usize, count: usize): f64 {
  return addend === 0 ? sum(source, 0, count, false) : sum(source, addend, count, true);
}

@inline
function sum(source: usize, addend: usize, count: usize, added: bool): f64 {
  const end = source + count * ELEMENT;
  const pairs = source + (count & ~7) * ELEMENT;
  const toAddend = addend - source;
  let a = f64x2.splat(0);
  let b = f64x2.splat(0);
  let c = f64x2.splat(0);
  let d = f64x2.splat(0);
  let at = source;
  for (; at < pairs; at += 2 * VECTOR) {
    const first = sumOf(at, at + toAddend, true, added);
    const second = sumOf(at + VECTOR, at + VECTOR + toAddend, true, added);
    a = f64x2.add(a, squared(first));
    b = f64x2.add(b, squared(upper(first)));
    c = f64x2.add(c, squared(second));
    d = f64x2.add(d, squared(upper(second)));
  }
  for (; at < end; at += ELEMENT) a = f64x2.add(a, squared(sumOf(at, at + toAddend, false, added)));
  return fold(f64x2.add(f64x2.add(a, b), f64x2.add(c, d)));
}

/** `source`, or source + addend. `added` is a constant at every call. */
@inline
export function sumOf(source: usize, addend: usize, whole: bool, added: bool): v128 {
  return added ? f32x4.add(read(source, whole), read(addend, whole)) : read(source, whole);
}

/** Squares of lanes 0 and 1, in f64. */
@inline
export function squared(value: v128): v128 {
  const wide = f64x2.promote_low_f32x4(value);
  return f64x2.mul(wide, wide);
}

/** Lanes 2 and 3, moved to lanes 0 and 1. */
@inline
export function upper(value: v128): v128 {
  return v128.shuffle<f64>(value, value, 1, 1);
}

@inline
export function fold(sums: v128): f64 {
  return f64x2.extract_lane(sums, 0) + f64x2.extract_lane(sums, 1);
}
