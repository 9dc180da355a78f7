// Median times of one pass over 10 M floats, repeats interleaved so that a slow moment of the machine hits all alike.
// npm run bench -w @descent/optimizers   (after a build); one line per case on stdout.
import { addInto, allFinite, createOptimizer, FlatMemory, statistics } from '../dist/index.js';

const length = 10_000_000;
const repeats = 15;

const { versions, gradients, slots } = new FlatMemory({
  versions: { count: 2, length },
  gradients: { count: 2, length },
  slots: { count: 2, length },
}).buffers;
const [parameters, next] = versions;
const [target, source] = gradients;
const [first, second] = slots;
for (const { floats } of [parameters, target, source])
  for (let index = 0; index < length; index++) floats[index] = (index % 1000) / 1000 - 0.5;

const updateWith = (settings) => {
  const optimizer = createOptimizer(settings);
  const used = slots.slice(0, optimizer.slotNames.length);
  return () =>
    optimizer.update({
      parameters,
      next,
      gradients: source,
      slots: used,
      step: 0,
      learningRate: 1e-3,
      scale: 1 / 128,
    });
};

const cases = {
  'Float32Array.set': () => next.floats.set(parameters.floats),
  'add, JavaScript': () => addLoop(target.floats, source.floats),
  'add, kernel': () => addInto(target, source),
  'finite, JavaScript': () => finiteLoop(source.floats),
  'finite, kernel': () => allFinite(source),
  'statistics, JavaScript': () => statisticsLoop(source.floats),
  'statistics, kernel': () => statistics(source),
  'sgd momentum, JavaScript': () => momentumLoop(next.floats, parameters.floats, source.floats, first.floats),
  'sgd momentum, kernel': updateWith({ type: 'sgd', learningRate: 1e-3, momentum: 0.9 }),
  'sgd, kernel': updateWith({ type: 'sgd', learningRate: 1e-3 }),
  'adam, JavaScript': () =>
    adamLoop(next.floats, parameters.floats, source.floats, first.floats, second.floats),
  'adam, kernel': updateWith({ type: 'adam', learningRate: 1e-3 }),
};

const times = Object.fromEntries(Object.keys(cases).map((name) => [name, []]));
for (let repeat = 0; repeat < repeats; repeat++)
  for (const [name, run] of Object.entries(cases)) {
    // Slots that other rules left would make denormals, which cost ten times as much.
    for (const slot of slots) slot.floats.fill(0.25);
    const start = process.hrtime.bigint();
    run();
    times[name].push(Number(process.hrtime.bigint() - start) / 1e6);
  }
for (const [name, all] of Object.entries(times)) {
  const median = all.sort((a, b) => a - b)[repeats >> 1];
  console.log(`${name.padEnd(26)} ${median.toFixed(2).padStart(8)} ms`);
}

function addLoop(into, from) {
  for (let index = 0; index < into.length; index++) into[index] += from[index];
}

function finiteLoop(from) {
  for (let index = 0; index < from.length; index++) if (!Number.isFinite(from[index])) return false;
  return true;
}

function statisticsLoop(from) {
  let squaredNorm = 0;
  let largestMagnitude = 0;
  for (let index = 0; index < from.length; index++) {
    squaredNorm += from[index] * from[index];
    largestMagnitude = Math.max(largestMagnitude, Math.abs(from[index]));
  }
  return { squaredNorm, largestMagnitude };
}

function momentumLoop(to, theta, gradient, velocity) {
  for (let index = 0; index < to.length; index++) {
    velocity[index] = 0.9 * velocity[index] + gradient[index] / 128;
    to[index] = theta[index] - 1e-3 * velocity[index];
  }
}

function adamLoop(to, theta, gradient, m, v) {
  for (let index = 0; index < to.length; index++) {
    const g = gradient[index] / 128;
    m[index] = 0.9 * m[index] + 0.1 * g;
    v[index] = 0.999 * v[index] + 0.001 * g * g;
    to[index] = theta[index] - (1e-3 * (m[index] / 0.1)) / (Math.sqrt(v[index] / 0.001) + 1e-8);
  }
}
