import { ELEMENT, VECTOR, read, write } from './lanes';

/** g ← scale·gradient + λθ; next ← θ − ηg */
export function sgd(
  next: usize,
  parameters: usize,
  gradients: usize,
  count: usize,
  scale: f32,
  weightDecay: f32,
  learningRate: f32,
): void {
  const bytes = count * ELEMENT;
  const vectors = (count & ~3) * ELEMENT;
  let at: usize = 0;
  for (; at < vectors; at += VECTOR)
    plain(next + at, parameters + at, gradients + at, scale, weightDecay, learningRate, true);
  for (; at < bytes; at += ELEMENT)
    plain(next + at, parameters + at, gradients + at, scale, weightDecay, learningRate, false);
}

/** g as above; v ← μv + g; next ← θ − ηv, or with `nesterov` next ← θ − η(g + μv) */
export function sgdMomentum(
  next: usize,
  parameters: usize,
  gradients: usize,
  velocity: usize,
  count: usize,
  scale: f32,
  weightDecay: f32,
  learningRate: f32,
  momentum: f32,
  nesterov: bool,
): void {
  const bytes = count * ELEMENT;
  const vectors = (count & ~3) * ELEMENT;
  let at: usize = 0;
  for (; at < vectors; at += VECTOR)
    heavyBall(
      next + at, parameters + at, gradients + at, velocity + at, scale, weightDecay, learningRate,
      momentum, nesterov, true,
    );
  for (; at < bytes; at += ELEMENT)
    heavyBall(
      next + at, parameters + at, gradients + at, velocity + at, scale, weightDecay, learningRate,
      momentum, nesterov, false,
    );
}

@inline
function plain(
  next: usize, parameters: usize, gradients: usize, scale: f32, weightDecay: f32, learningRate: f32,
  whole: bool,
): void {
  const theta = read(parameters, whole);
  const g = decayed(read(gradients, whole), theta, scale, weightDecay);
  write(next, descended(theta, g, learningRate), whole);
}

@inline
function heavyBall(
  next: usize,
  parameters: usize,
  gradients: usize,
  velocity: usize,
  scale: f32,
  weightDecay: f32,
  learningRate: f32,
  momentum: f32,
  nesterov: bool,
  whole: bool,
): void {
  const mu = f32x4.splat(momentum);
  const theta = read(parameters, whole);
  const g = decayed(read(gradients, whole), theta, scale, weightDecay);
  const v = f32x4.add(f32x4.mul(mu, read(velocity, whole)), g);
  write(velocity, v, whole);
  const direction = nesterov ? f32x4.add(g, f32x4.mul(mu, v)) : v;
  write(next, descended(theta, direction, learningRate), whole);
}

@inline
function decayed(gradient: v128, theta: v128, scale: f32, weightDecay: f32): v128 {
  return f32x4.add(f32x4.mul(gradient, f32x4.splat(scale)), f32x4.mul(theta, f32x4.splat(weightDecay)));
}

@inline
function descended(theta: v128, direction: v128, learningRate: f32): v128 {
  return f32x4.sub(theta, f32x4.mul(f32x4.splat(learningRate), direction));
}
