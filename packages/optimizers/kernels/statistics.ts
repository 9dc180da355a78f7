import { ELEMENT, VECTOR, read } from './lanes';

/**
 * Writes two f64 at `result`: the sum of squares and the largest magnitude.
 * Squares are exact in f64 and are added there, in eight sums that are folded in one fixed order. A sum of
 * 2^30 squares of float32 is far below the largest f64, so it is finite exactly when every element is.
 */
export function statistics(source: usize, count: usize, result: usize): void {
  const end = source + count * ELEMENT;
  const pairs = source + (count & ~7) * ELEMENT;
  let a = f64x2.splat(0);
  let b = f64x2.splat(0);
  let c = f64x2.splat(0);
  let d = f64x2.splat(0);
  let largest = f32x4.splat(0);
  let at = source;
  for (; at < pairs; at += 2 * VECTOR) {
    const first = read(at, true);
    const second = read(at + VECTOR, true);
    a = f64x2.add(a, squares(first));
    b = f64x2.add(b, squares(upper(first)));
    c = f64x2.add(c, squares(second));
    d = f64x2.add(d, squares(upper(second)));
    largest = f32x4.max(largest, f32x4.max(f32x4.abs(first), f32x4.abs(second)));
  }
  for (; at < end; at += ELEMENT) {
    const last = read(at, false);
    a = f64x2.add(a, squares(last));
    largest = f32x4.max(largest, f32x4.abs(last));
  }
  const sum = f64x2.add(f64x2.add(a, b), f64x2.add(c, d));
  store<f64>(result, f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1));
  largest = f32x4.max(largest, upper(largest));
  store<f64>(
    result + 8,
    <f64>max<f32>(f32x4.extract_lane(largest, 0), f32x4.extract_lane(largest, 1)),
  );
}

@inline
function squares(value: v128): v128 {
  const wide = f64x2.promote_low_f32x4(value);
  return f64x2.mul(wide, wide);
}

/** Lanes 2 and 3, moved to lanes 0 and 1. */
@inline
function upper(value: v128): v128 {
  return v128.shuffle<f64>(value, value, 1, 1);
}
