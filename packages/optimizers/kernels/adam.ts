import { ELEMENT, VECTOR, read, write } from './lanes';

/**
 * g ← scale·gradient + λθ; m ← β₁m + (1 − β₁)g; v ← β₂v + (1 − β₂)g²;
 * next ← keep·θ − stepSize·m / (√v·correction2 + ε)
 * where stepSize = η / (1 − β₁ᵗ) and correction2 = 1 / √(1 − β₂ᵗ).
 * With keep = 1 it is adam; with λ = 0 and keep = 1 − η·(decoupled decay) it is adamw. Neither pays for the
 * other: the pass waits for memory, and multiplying by 1 or adding 0 changes no bit.
 */
export function adam(
  next: usize,
  parameters: usize,
  gradients: usize,
  first: usize,
  second: usize,
  count: usize,
  scale: f32,
  weightDecay: f32,
  keep: f32,
  beta1: f32,
  oneMinusBeta1: f32,
  beta2: f32,
  oneMinusBeta2: f32,
  stepSize: f32,
  correction2: f32,
  epsilon: f32,
): void {
  const bytes = count * ELEMENT;
  const vectors = (count & ~3) * ELEMENT;
  let at: usize = 0;
  for (; at < vectors; at += VECTOR)
    step(
      next + at, parameters + at, gradients + at, first + at, second + at, scale, weightDecay, keep,
      beta1, oneMinusBeta1, beta2, oneMinusBeta2, stepSize, correction2, epsilon, true,
    );
  for (; at < bytes; at += ELEMENT)
    step(
      next + at, parameters + at, gradients + at, first + at, second + at, scale, weightDecay, keep,
      beta1, oneMinusBeta1, beta2, oneMinusBeta2, stepSize, correction2, epsilon, false,
    );
}

@inline
function step(
  next: usize,
  parameters: usize,
  gradients: usize,
  first: usize,
  second: usize,
  scale: f32,
  weightDecay: f32,
  keep: f32,
  beta1: f32,
  oneMinusBeta1: f32,
  beta2: f32,
  oneMinusBeta2: f32,
  stepSize: f32,
  correction2: f32,
  epsilon: f32,
  whole: bool,
): void {
  const theta = read(parameters, whole);
  const g = f32x4.add(
    f32x4.mul(read(gradients, whole), f32x4.splat(scale)),
    f32x4.mul(theta, f32x4.splat(weightDecay)),
  );
  const m = f32x4.add(
    f32x4.mul(f32x4.splat(beta1), read(first, whole)),
    f32x4.mul(f32x4.splat(oneMinusBeta1), g),
  );
  const v = f32x4.add(
    f32x4.mul(f32x4.splat(beta2), read(second, whole)),
    f32x4.mul(f32x4.splat(oneMinusBeta2), f32x4.mul(g, g)),
  );
  write(first, m, whole);
  write(second, v, whole);
  const denominator = f32x4.add(f32x4.mul(f32x4.sqrt(v), f32x4.splat(correction2)), f32x4.splat(epsilon));
  const change = f32x4.div(f32x4.mul(f32x4.splat(stepSize), m), denominator);
  write(next, f32x4.sub(f32x4.mul(theta, f32x4.splat(keep)), change), whole);
}
