// The memory that a price promises beside what it takes: each model in a process of its own, from the engine being ready to the largest
// resident set after some steps. Runs on the built packages: `node scripts/bench/memory.mjs`; exit code 1 beyond a quarter.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { models } from './engine-models.mjs';

const example = (name) =>
  JSON.parse(readFileSync(new URL(`../../examples/${name}.json`, import.meta.url), 'utf8')).model;
/** Samples of one micro-batch. */
const cases = [
  ['mlp', models.mlp, 64],
  ['mlp', models.mlp, 2048],
  ['wide', models.wide, 128],
  ['wide', models.wide, 1024],
  ['cnn', models.cnn, 32],
  ['cnn', models.cnn, 128],
  ['cnn', models.cnn, 512],
  ['transformer', models.transformer, 8],
  ['transformer', models.transformer, 32],
  ['transformer', models.transformer, 128],
  ['mnist-resnet', example('mnist-resnet'), 32],
  ['mnist-resnet', example('mnist-resnet'), 128],
  ['mnist-rows-lstm', example('mnist-rows-lstm'), 64],
  ['mnist-rows-lstm', example('mnist-rows-lstm'), 512],
  ['brown-characters', example('brown-characters'), 32],
  ['fashion-cnn', example('fashion-cnn'), 64],
  ['shapes-cnn', example('shapes-cnn'), 64],
  ['spam-words', example('spam-words'), 64],
  ['spam-words', example('spam-words'), 512],
  ['brown-characters', example('brown-characters'), 96],
  ['shapes-cnn', example('shapes-cnn'), 200],
];

if (process.argv[2] === undefined) {
  let worst = 0;
  for (const [index, [name, , batch]] of cases.entries()) {
    const child = spawnSync(
      process.execPath,
      [...process.execArgv, '--expose-gc', fileURLToPath(import.meta.url), `${index}`],
      { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] },
    );
    const { promisedMiB, takenMiB } = JSON.parse(child.stdout);
    const ratio = promisedMiB / takenMiB;
    worst = Math.max(worst, ratio, 1 / ratio);
    console.log(JSON.stringify({ name, batch, promisedMiB, takenMiB, ratio: Number(ratio.toFixed(2)) }));
  }
  process.exit(worst <= 1.25 ? 0 : 1);
}

process.env.ORT_DISABLE_TELEMETRY = '1';
const { createOnnxEngine } = await import('@descent/engines');
const { compileModel, initializeParameters, price, trainingGraph, viewOf } = await import('@descent/models');
const { arrayOf } = await import('@descent/tensors');
const [, spec, batch] = cases[Number(process.argv[2])];
const engine = await createOnnxEngine();
await step({ ...models.mlp, layers: [{ type: 'flatten' }, { type: 'dense', units: 10 }] }, 1);
globalThis.gc();
const before = resident('VmRSS');
const model = await step(spec, batch);
const question = { batchSize: batch, microBatches: 1, datasetCount: batch, epochs: 1, optimizerSlots: 0 };
const mebibytes = (bytes) => Math.round((bytes / 2 ** 20) * 10) / 10;
console.log(
  JSON.stringify({
    promisedMiB: mebibytes(price(model, question).workerMemoryBytes),
    takenMiB: mebibytes(resident('VmHWM') - before),
  }),
);

/** Some runs of the training graph, with the buffers that a worker has for it. */
async function step(spec, batch) {
  const model = compileModel(spec);
  const flat = initializeParameters(model.layout, 0);
  // Received while the version before is computed with.
  const received = Float32Array.from(flat);
  const sums = Array.from({ length: 2 }, () => new Float32Array(model.layout.gradientElements).fill(1));
  const program = await engine.compile(trainingGraph(model), { batch });
  const entries = new Map(model.layout.entries.map((entry) => [entry.name, entry]));
  const inputs = program.inputs.map(({ name, dtype, elements }) => [
    name,
    entries.has(name)
      ? viewOf(flat, entries.get(name))
      : arrayOf(dtype, elements).fill(dtype === 'int64' ? 0n : 0),
  ]);
  const outputs = program.outputs.map(({ name, dtype, elements }) => [name, arrayOf(dtype, elements)]);
  const bound = program.bind({ inputs: new Map(inputs), outputs: new Map(outputs) });
  for (let run = 0; run < 4; run += 1) await bound.run();
  program.release();
  if (received.length + sums.length === 0) throw new Error('kept until here');
  return model;
}

/** Bytes of this process. */
function resident(what) {
  return 1024 * Number(new RegExp(`${what}:\\s+(\\d+)`).exec(readFileSync('/proc/self/status', 'utf8'))[1]);
}
