import { ELEMENT, VECTOR, read } from './lanes';

/** Elements that share a scale. */
const BLOCK: usize = 256;

/**
 * Per block a float32 scale = max |x| / 127, and per element q = ⌊x / scale + u⌋ with u uniform in [0, 1): q · scale is x
 * in expectation. u is a hash of (key, index), so the same element rounded twice, anywhere, is rounded alike.
 * A block with an element that is not finite has a scale that is not finite.
 */
export function encodeInt8(values: usize, scales: usize, source: usize, count: usize, key: u32): void {
  for (let start: usize = 0, block: usize = 0; start < count; start += BLOCK, block++) {
    const end = min(start + BLOCK, count);
    const vectors = start + ((end - start) & ~3);
    let largest = i32x4.splat(0);
    let index = start;
    for (; index < vectors; index += 4) largest = larger(largest, read(source + index * ELEMENT, true));
    for (; index < end; index++) largest = larger(largest, read(source + index * ELEMENT, false));
    largest = i32x4.max_u(largest, v128.shuffle<f64>(largest, largest, 1, 1));
    const bits = max<u32>(i32x4.extract_lane(largest, 0), i32x4.extract_lane(largest, 1));
    const magnitude = reinterpret<f32>(bits);
    store<f32>(scales + block * ELEMENT, magnitude / 127);
    // Of so small a block, 127 / magnitude would be infinite; all of it becomes 0.
    const inverse: f32 = bits < 0x01000000 ? 0 : 127 / magnitude;
    index = start;
    for (; index + 16 <= end; index += 16) {
      const at = source + index * ELEMENT;
      v128.store(
        values + index,
        i8x16.narrow_i16x8_s(
          i16x8.narrow_i32x4_s(quantized(at, inverse, index, key), quantized(at + VECTOR, inverse, index + 4, key)),
          i16x8.narrow_i32x4_s(quantized(at + 2 * VECTOR, inverse, index + 8, key), quantized(at + 3 * VECTOR, inverse, index + 12, key)),
        ),
      );
    }
    for (; index < end; index++) {
      const wide = quantizedOf(read(source + index * ELEMENT, false), inverse, index, key);
      const half = i16x8.narrow_i32x4_s(wide, wide);
      store<i8>(values + index, i8x16.extract_lane_s(i8x16.narrow_i16x8_s(half, half), 0));
    }
  }
}

/** x = q · scale. 1 when all are finite. */
export function decodeInt8(target: usize, values: usize, scales: usize, count: usize): i32 {
  let finite = 1;
  for (let start: usize = 0, block: usize = 0; start < count; start += BLOCK, block++) {
    const end = min(start + BLOCK, count);
    const scale = load<f32>(scales + block * ELEMENT);
    // 128 · scale must be finite too.
    if (!(abs(scale) <= 2.6e36)) finite = 0;
    const factor = f32x4.splat(scale);
    let index = start;
    for (; index + 8 <= end; index += 8) {
      const wide = v128.load8x8_s(values + index);
      const at = target + index * ELEMENT;
      v128.store(at, f32x4.mul(f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_s(wide)), factor));
      v128.store(at + VECTOR, f32x4.mul(f32x4.convert_i32x4_s(i32x4.extend_high_i16x8_s(wide)), factor));
    }
    for (; index < end; index++) store<f32>(target + index * ELEMENT, <f32>load<i8>(values + index) * scale);
  }
  return finite;
}

@inline
function larger(largest: v128, value: v128): v128 {
  return i32x4.max_u(largest, v128.and(value, i32x4.splat(0x7fffffff)));
}

@inline
function quantized(at: usize, inverse: f32, index: usize, key: u32): v128 {
  return quantizedOf(read(at, true), inverse, index, key);
}

@inline
function quantizedOf(value: v128, inverse: f32, index: usize, key: u32): v128 {
  const place = i32x4.add(i32x4.splat(<i32>index), i32x4(0, 1, 2, 3));
  const bits = i32x4.shr_u(mixed(v128.xor(i32x4.mul(place, i32x4.splat(0x9e3779b9)), i32x4.splat(key))), 8);
  const uniform = f32x4.mul(f32x4.convert_i32x4_s(bits), f32x4.splat(5.9604644775390625e-8));
  const scaled = f32x4.add(f32x4.mul(value, f32x4.splat(inverse)), uniform);
  return i32x4.trunc_sat_f32x4_s(f32x4.floor(scaled));
}

/** The finalizer of MurmurHash3: every bit of the result depends on every bit of the argument. */
@inline
function mixed(x: v128): v128 {
  let h = v128.xor(x, i32x4.shr_u(x, 16));
  h = i32x4.mul(h, i32x4.splat(0x85ebca6b));
  h = v128.xor(h, i32x4.shr_u(h, 13));
  h = i32x4.mul(h, i32x4.splat(0xc2b2ae35));
  return v128.xor(h, i32x4.shr_u(h, 16));
}
