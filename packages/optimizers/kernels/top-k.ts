import { ELEMENT } from './lanes';

const MAGNITUDE: u32 = 0x7fffffff;
const NEGATIVE: u32 = 0x80000000;
const HIGH_BINS: usize = 65_536;

/**
 * The `exact` elements of largest magnitude as they are (of equal ones those of lowest index), and `sampled` picks from
 * the rest, each worth ±λ where λ = Σ rest |x| / sampled: picks stand at equal distances λ along the running sum of |x|,
 * the first at offset·λ (0 ≤ offset < 1), so element x is picked |x| / λ times in expectation and the whole is unbiased.
 *
 * Written to `indices` (u32 × exact), `values` (f32 × exact), `lambda` (f32), `picks` (u32 × sampled, bit 31: negative).
 * `scratch` has room for 65,536 u32.
 */
export function encodeTopK(
  indices: usize, values: usize, lambda: usize, picks: usize, scratch: usize,
  source: usize, count: usize, exact: usize, sampled: usize, offset: f64,
): void {
  // The bits of |x| are ordered as |x| is: two histograms find the threshold to the bit.
  memory.fill(scratch, 0, HIGH_BINS * ELEMENT);
  for (let at = source, end = source + count * ELEMENT; at < end; at += ELEMENT) bump(scratch, (load<u32>(at) & MAGNITUDE) >>> 15);
  let above: usize = 0;
  let high = HIGH_BINS - 1;
  for (; above + load<u32>(scratch + high * ELEMENT) < exact; high--) above += load<u32>(scratch + high * ELEMENT);
  memory.fill(scratch, 0, HIGH_BINS * ELEMENT);
  for (let at = source, end = source + count * ELEMENT; at < end; at += ELEMENT) {
    const bits = load<u32>(at) & MAGNITUDE;
    if (bits >>> 15 === <u32>high) bump(scratch, bits & 0x7fff);
  }
  let low: usize = 0x7fff;
  for (; above + load<u32>(scratch + low * ELEMENT) < exact; low--) above += load<u32>(scratch + low * ELEMENT);
  const threshold = <u32>((high << 15) | low);
  let ties = exact - above;

  let rest: f64 = 0;
  let kept: usize = 0;
  let lastTie: usize = 0;
  for (let index: usize = 0; index < count; index++) {
    const raw = load<u32>(source + index * ELEMENT);
    const bits = raw & MAGNITUDE;
    if (bits > threshold || (bits === threshold && ties > 0)) {
      if (bits === threshold) {
        ties--;
        lastTie = index;
      }
      store<u32>(indices + kept * ELEMENT, <u32>index);
      store<u32>(values + kept * ELEMENT, raw);
      kept++;
    } else rest += <f64>reinterpret<f32>(bits);
  }
  const distance = sampled > 0 ? rest / <f64>sampled : 0;
  store<f32>(lambda, <f32>distance);

  let picked: usize = 0;
  let sum: f64 = 0;
  let last: u32 = 0;
  for (let index: usize = 0; index < count && picked < sampled; index++) {
    const raw = load<u32>(source + index * ELEMENT);
    const bits = raw & MAGNITUDE;
    if (bits === 0 || bits > threshold || (bits === threshold && index <= lastTie)) continue;
    sum += <f64>reinterpret<f32>(bits);
    last = <u32>index | (raw & NEGATIVE);
    while (picked < sampled && sum > (<f64>picked + offset) * distance) store<u32>(picks + picked++ * ELEMENT, last);
  }
  // Rounding of the running sum may leave the last pick open.
  for (; picked < sampled; picked++) store<u32>(picks + picked * ELEMENT, last);
}

/** 1: all finite; 0: not; −1: an index is not one of the `count` elements. */
export function decodeTopK(
  target: usize, indices: usize, values: usize, lambda: usize, picks: usize,
  count: usize, exact: usize, sampled: usize,
): i32 {
  memory.fill(target, 0, count * ELEMENT);
  let finite = 1;
  for (let at: usize = 0; at < exact * ELEMENT; at += ELEMENT) {
    const index = load<u32>(indices + at);
    if (<usize>index >= count) return -1;
    const value = load<f32>(values + at);
    if (!isFinite(value)) finite = 0;
    store<f32>(target + <usize>index * ELEMENT, value);
  }
  const distance = load<f32>(lambda);
  if (!isFinite(distance)) finite = 0;
  for (let at: usize = 0; at < sampled * ELEMENT; at += ELEMENT) {
    const pick = load<u32>(picks + at);
    const index = <usize>(pick & MAGNITUDE);
    if (index >= count) return -1;
    const place = target + index * ELEMENT;
    store<f32>(place, load<f32>(place) + ((pick & NEGATIVE) !== 0 ? -distance : distance));
  }
  return finite;
}

@inline
function bump(bins: usize, bin: u32): void {
  const at = bins + <usize>bin * ELEMENT;
  store<u32>(at, load<u32>(at) + 1);
}
