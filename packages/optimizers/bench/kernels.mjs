// Figure S7: reduce + update against Float32Array.set, and the time of each pass over 10 M floats.
// npm run bench -w @descent/optimizers -- [--json] [--quick]   (after a build)
//
// Bytes are counted as what a step must move at the least, each byte once: it reads the gradients of two micro-batches,
// the parameters and the slots, and writes the slots and the next version. With momentum that is 6 × 4 bytes per
// parameter, with adam 8 × 4. `set` moves 2 × 4 per element (a read and a write). The time is that of every pass the
// step really makes, also those that read something a second time:
//   finite check of both gradients → update with the root's addition and all norms inside;
//   with clipping: finite check of the first → norm of the sum, which is finite when the second is → update.
// Repeats are interleaved, so that a slow moment of the machine hits all alike; ratios are taken within a repeat.
import { parseArgs } from 'node:util';
import { addInto, allFinite, createOptimizer, FlatMemory, squaredNorm, tilesOf } from '../dist/index.js';

const { values: options } = parseArgs({
  options: { json: { type: 'boolean', default: false }, quick: { type: 'boolean', default: false } },
});
const length = 10_000_000;
const repeats = options.quick ? 5 : 21;

const { versions, gradients, slots } = new FlatMemory({
  versions: { count: 2, length },
  gradients: { count: 2, length },
  slots: { count: 2, length },
}).buffers;
const [parameters, next] = versions;
const [left, right] = gradients;
for (const { floats } of [parameters, left, right])
  for (let index = 0; index < length; index++) floats[index] = (index % 1000) / 1000 - 0.5;
const tiles = tilesOf([{ start: 0, end: length }]);

const rules = {
  sgd: { type: 'sgd', learningRate: 1e-3 },
  momentum: { type: 'sgd', learningRate: 1e-3, momentum: 0.9 },
  adam: { type: 'adam', learningRate: 1e-3 },
};

function updateWith(settings) {
  const optimizer = createOptimizer(settings);
  const used = slots.slice(0, optimizer.slotNames.length);
  const update = {
    parameters,
    next,
    gradients: left,
    addend: right,
    slots: used,
    step: 0,
    learningRate: 1e-3,
    scale: 1 / 128,
  };
  const run = () => {
    for (const range of tiles) optimizer.update({ ...update, range });
  };
  return { run, words: 4 + 2 * used.length };
}

const cases = {
  set: { words: 2, run: () => next.floats.set(parameters.floats) },
  finite: { words: 1, run: () => allFinite(left) },
  add: { words: 3, run: () => addInto(left, right) },
  'norm of one': { words: 1, run: () => squaredNorm(left) },
  'norm of a sum': { words: 2, run: () => tiles.map((range) => squaredNorm(left, right, range)) },
};
for (const [name, settings] of Object.entries(rules)) {
  const { run, words } = updateWith(settings);
  cases[`update, ${name}`] = { words, run };
  cases[`step, ${name}`] = {
    words,
    figure: true,
    run: () => {
      allFinite(left);
      allFinite(right);
      run();
    },
  };
  cases[`step with clipping, ${name}`] = {
    words,
    figure: true,
    run: () => {
      allFinite(left);
      for (const range of tiles) squaredNorm(left, right, range);
      run();
    },
  };
}

const median = (numbers) => numbers.toSorted((a, b) => a - b)[numbers.length >> 1];
const times = Object.fromEntries(Object.keys(cases).map((name) => [name, []]));
for (let repeat = 0; repeat < repeats; repeat++)
  for (const [name, { run }] of Object.entries(cases)) {
    // Slots that other rules left would make denormals, which cost ten times as much; sums must not grow for ever.
    for (const slot of slots) slot.floats.fill(0.25);
    if (name === 'add') left.floats.set(parameters.floats);
    const start = process.hrtime.bigint();
    run();
    times[name].push(Number(process.hrtime.bigint() - start) / 1e6);
  }

for (const [name, { words, figure }] of Object.entries(cases)) {
  const bytes = words * 4 * length;
  const ratio = median(times[name].map((time, repeat) => bytes / time / ((8 * length) / times.set[repeat])));
  const milliseconds = median(times[name]);
  const row = {
    ...(figure ? { figure: 'S7' } : {}),
    case: name,
    ratio: Number(ratio.toFixed(3)),
    milliseconds: Number(milliseconds.toFixed(2)),
    bytes,
    gigabytesPerSecond: Number((bytes / milliseconds / 1e6).toFixed(1)),
  };
  if (options.json) console.log(JSON.stringify(row));
  else
    console.log(
      `${name.padEnd(28)} ${milliseconds.toFixed(2).padStart(7)} ms ${row.gigabytesPerSecond.toFixed(1).padStart(6)} GB/s  ${ratio.toFixed(2)} × set${figure ? '   S7' : ''}`,
    );
}
