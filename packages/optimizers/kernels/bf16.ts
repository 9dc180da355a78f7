import { ELEMENT, VECTOR, read } from './lanes';

/** Upper halves of float32, rounded to nearest, ties to even; NaN stays NaN. `target` takes two bytes per element. */
export function encodeBf16(target: usize, source: usize, count: usize): void {
  const vectors = count & ~7;
  let index: usize = 0;
  for (; index < vectors; index += 8) {
    const at = source + index * ELEMENT;
    const halves = i16x8.narrow_i32x4_u(rounded(read(at, true)), rounded(read(at + VECTOR, true)));
    v128.store(target + index * 2, halves);
  }
  for (; index < count; index++)
    store<u16>(target + index * 2, <u16>i32x4.extract_lane(rounded(read(source + index * ELEMENT, false)), 0));
}

/** Back to float32. 1 when all are finite. */
export function decodeBf16(target: usize, source: usize, count: usize): i32 {
  const vectors = count & ~3;
  const exponent = i32x4.splat(0x7f800000);
  let found = i32x4.splat(0);
  let index: usize = 0;
  for (; index < vectors; index += 4) {
    const value = i32x4.shl(v128.load16x4_u(source + index * 2), 16);
    found = v128.or(found, i32x4.eq(v128.and(value, exponent), exponent));
    v128.store(target + index * ELEMENT, value);
  }
  for (; index < count; index++) {
    const value = <u32>load<u16>(source + index * 2) << 16;
    if ((value & 0x7f800000) === 0x7f800000) found = i32x4.splat(-1);
    store<u32>(target + index * ELEMENT, value);
  }
  return v128.any_true(found) ? 0 : 1;
}

@inline
function rounded(value: v128): v128 {
  const half = i32x4.shr_u(value, 16);
  const even = v128.and(half, i32x4.splat(1));
  const nearest = i32x4.shr_u(i32x4.add(value, i32x4.add(even, i32x4.splat(0x7fff))), 16);
  // Rounding would carry a NaN's mantissa into its sign.
  const nan = f32x4.ne(value, value);
  return v128.bitselect(v128.or(half, i32x4.splat(0x40)), nearest, nan);
}
