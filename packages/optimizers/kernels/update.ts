import { ELEMENT, VECTOR, read, write } from './lanes';
import { fold, squared, sumOf, upper } from './squares';

/** Which change an update makes; a constant at every call, so that one rule never pays for another. */
const PLAIN = 0;
const HEAVY_BALL = 1;
const NESTEROV = 2;
const ADAPTIVE = 3;

/** g ← scale·gradient + λθ; next ← θ − ηg */
export function sgd(
  next: usize, parameters: usize, gradients: usize, addend: usize, count: usize, result: usize,
  scale: f32, weightDecay: f32, learningRate: f32,
): void {
  if (addend === 0)
    pass(PLAIN, false, next, parameters, gradients, 0, 0, 0, count, result, scale, weightDecay, 1, learningRate, 0, 0, 0, 0, 0, 0);
  else
    pass(PLAIN, true, next, parameters, gradients, addend, 0, 0, count, result, scale, weightDecay, 1, learningRate, 0, 0, 0, 0, 0, 0);
}

/** g as above; v ← μv + g; next ← θ − ηv, or with `nesterov` next ← θ − η(g + μv) */
export function sgdMomentum(
  next: usize, parameters: usize, gradients: usize, addend: usize, velocity: usize, count: usize, result: usize,
  scale: f32, weightDecay: f32, learningRate: f32, momentum: f32, nesterov: bool,
): void {
  if (nesterov) {
    if (addend === 0)
      pass(NESTEROV, false, next, parameters, gradients, 0, velocity, 0, count, result, scale, weightDecay, 1, learningRate, momentum, 0, 0, 0, 0, 0);
    else
      pass(NESTEROV, true, next, parameters, gradients, addend, velocity, 0, count, result, scale, weightDecay, 1, learningRate, momentum, 0, 0, 0, 0, 0);
  } else if (addend === 0)
    pass(HEAVY_BALL, false, next, parameters, gradients, 0, velocity, 0, count, result, scale, weightDecay, 1, learningRate, momentum, 0, 0, 0, 0, 0);
  else
    pass(HEAVY_BALL, true, next, parameters, gradients, addend, velocity, 0, count, result, scale, weightDecay, 1, learningRate, momentum, 0, 0, 0, 0, 0);
}

/**
 * g ← scale·gradient + λθ; m ← β₁m + (1 − β₁)g; v ← β₂v + (1 − β₂)g²;
 * next ← keep·θ − stepSize·m / (√v·correction2 + ε)
 * where stepSize = η / (1 − β₁ᵗ) and correction2 = 1 / √(1 − β₂ᵗ).
 * With keep = 1 it is adam; with λ = 0 and keep = 1 − η·(decoupled decay) it is adamw. Neither pays for the
 * other: the pass waits for memory, and multiplying by 1 or adding 0 changes no bit.
 */
export function adam(
  next: usize, parameters: usize, gradients: usize, addend: usize, first: usize, second: usize, count: usize, result: usize,
  scale: f32, weightDecay: f32, keep: f32, beta1: f32, oneMinusBeta1: f32, beta2: f32, oneMinusBeta2: f32,
  stepSize: f32, correction2: f32, epsilon: f32,
): void {
  if (addend === 0)
    pass(ADAPTIVE, false, next, parameters, gradients, 0, first, second, count, result, scale, weightDecay, keep, stepSize, beta1, oneMinusBeta1, beta2, oneMinusBeta2, correction2, epsilon);
  else
    pass(ADAPTIVE, true, next, parameters, gradients, addend, first, second, count, result, scale, weightDecay, keep, stepSize, beta1, oneMinusBeta1, beta2, oneMinusBeta2, correction2, epsilon);
}

/**
 * One pass over memory: gradient (plus the `added` operand, so that the sum is never written), change, next version,
 * slots. Writes three f64 at `result`: the sums of squares of the summed gradient, of θ and of θ − next. The first
 * clips and tells whether all is finite, so it is added in f64; the others are for people, and are added in f32:
 * in f64 an update with momentum took 11.9 ms instead of 10.7.
 */
@inline
function pass(
  rule: i32, added: bool, next: usize, parameters: usize, gradients: usize, addend: usize, first: usize, second: usize,
  count: usize, result: usize, scale: f32, weightDecay: f32, keep: f32, rate: f32,
  c0: f32, c1: f32, c2: f32, c3: f32, correction2: f32, epsilon: f32,
): void {
  const bytes = count * ELEMENT;
  const vectors = (count & ~3) * ELEMENT;
  let gradientLow = f64x2.splat(0);
  let gradientHigh = f64x2.splat(0);
  let thetas = f32x4.splat(0);
  let changes = f32x4.splat(0);
  let at: usize = 0;
  for (; at < vectors; at += VECTOR) {
    const theta = read(parameters + at, true);
    const sum = sumOf(gradients + at, addend + at, true, added);
    const change = changeOf(rule, theta, sum, first + at, second + at, scale, weightDecay, rate, c0, c1, c2, c3, correction2, epsilon, true);
    const after = f32x4.sub(rule === ADAPTIVE ? f32x4.mul(theta, f32x4.splat(keep)) : theta, change);
    write(next + at, after, true);
    const moved = f32x4.sub(theta, after);
    gradientLow = f64x2.add(gradientLow, squared(sum));
    gradientHigh = f64x2.add(gradientHigh, squared(upper(sum)));
    thetas = f32x4.add(thetas, f32x4.mul(theta, theta));
    changes = f32x4.add(changes, f32x4.mul(moved, moved));
  }
  for (; at < bytes; at += ELEMENT) {
    const theta = read(parameters + at, false);
    const sum = sumOf(gradients + at, addend + at, false, added);
    const change = changeOf(rule, theta, sum, first + at, second + at, scale, weightDecay, rate, c0, c1, c2, c3, correction2, epsilon, false);
    const after = f32x4.sub(rule === ADAPTIVE ? f32x4.mul(theta, f32x4.splat(keep)) : theta, change);
    write(next + at, after, false);
    gradientLow = f64x2.add(gradientLow, squared(sum));
    const moved = f32x4.sub(theta, after);
    thetas = f32x4.add(thetas, f32x4.mul(theta, theta));
    changes = f32x4.add(changes, f32x4.mul(moved, moved));
  }
  store<f64>(result, fold(f64x2.add(gradientLow, gradientHigh)));
  store<f64>(result + 8, foldSingles(thetas));
  store<f64>(result + 16, foldSingles(changes));
}

@inline
function foldSingles(sums: v128): f64 {
  return fold(f64x2.add(f64x2.promote_low_f32x4(sums), f64x2.promote_low_f32x4(upper(sums))));
}

/** What the rule takes from θ; the slots are updated. */
@inline
function changeOf(
  rule: i32, theta: v128, sum: v128, first: usize, second: usize, scale: f32, weightDecay: f32, rate: f32,
  c0: f32, c1: f32, c2: f32, c3: f32, correction2: f32, epsilon: f32, whole: bool,
): v128 {
  const g = f32x4.add(f32x4.mul(sum, f32x4.splat(scale)), f32x4.mul(theta, f32x4.splat(weightDecay)));
  if (rule === PLAIN) return f32x4.mul(f32x4.splat(rate), g);
  if (rule === HEAVY_BALL || rule === NESTEROV) {
    const v = f32x4.add(f32x4.mul(f32x4.splat(c0), read(first, whole)), g);
    write(first, v, whole);
    const direction = rule === NESTEROV ? f32x4.add(g, f32x4.mul(f32x4.splat(c0), v)) : v;
    return f32x4.mul(f32x4.splat(rate), direction);
  }
  const m = f32x4.add(f32x4.mul(f32x4.splat(c0), read(first, whole)), f32x4.mul(f32x4.splat(c1), g));
  const v = f32x4.add(f32x4.mul(f32x4.splat(c2), read(second, whole)), f32x4.mul(f32x4.splat(c3), f32x4.mul(g, g)));
  write(first, m, whole);
  write(second, v, whole);
  const denominator = f32x4.add(f32x4.mul(f32x4.sqrt(v), f32x4.splat(correction2)), f32x4.splat(epsilon));
  return f32x4.div(f32x4.mul(f32x4.splat(rate), m), denominator);
}
