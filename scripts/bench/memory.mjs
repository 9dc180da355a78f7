// The memory that a price promises beside what a worker takes: every job is computed by a worker process of its own, from its start through
// some steps and an evaluation, and the largest resident set that the process ever had is read. Runs on the built packages:
// `node scripts/bench/memory.mjs [NAME…]`; exit code 1 beyond a quarter.
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { startStack } from '@descent/testkit';
import { models } from './engine-models.mjs';

const example = (name) =>
  JSON.parse(readFileSync(new URL(`../../examples/${name}.json`, import.meta.url), 'utf8'));
const dense = (units, activation = 'relu') => ({ type: 'dense', units, activation });
const conv = (filters, more = {}) => ({
  type: 'conv2d',
  filters,
  kernelSize: 3,
  padding: 'same',
  activation: 'relu',
  ...more,
});
const pool = { type: 'maxPool2d', poolSize: 2 };
const flatten = { type: 'flatten' };
const pixels = { type: 'scale', factor: 1 / 255 };
/** 9,000 images to train on, and 1,000 to evaluate. */
const digits = {
  dataset: 'builtin:mnist',
  train: 'test',
  validation: { ratio: 0.1 },
  inputs: { image: { columns: ['image'], transform: pixels } },
};
const fashion = digits;
const shapes = { dataset: 'builtin:shapes', validation: { split: 'test' }, inputs: digits.inputs };
const text = (length) => ({
  dataset: 'builtin:brown',
  train: 'test',
  validation: { ratio: 0.1 },
  window: { length, stride: length },
  inputs: { text: { columns: ['token'] }, next: { columns: ['token'], shift: 1 } },
});
const classifier = (layers, shape = [28, 28, 1]) => ({
  inputs: { image: { shape } },
  layers: [...layers, { type: 'dense', units: 10 }],
  loss: { type: 'softmaxCrossEntropy', labels: 'label' },
});
const language = (length, layers) => ({
  inputs: { text: { shape: [length], dtype: 'int32' } },
  layers: [...layers, { type: 'dense', units: 96 }],
  loss: { type: 'softmaxCrossEntropy', labels: 'next' },
});

const job = (name, model, data, batchSize, training = {}) => ({ name, model, data, batchSize, training });
const ofExample = (name, batchSize, more) => {
  const { model, data, training } = example(name);
  const { synchronization, compression } = training;
  return job(name, model, data, batchSize, { synchronization, compression, ...more });
};
/** What the estimate was fitted to. */
const fitted = [
  job('mlp', models.mlp, digits, 64),
  job('mlp', models.mlp, digits, 2048),
  job('wide', models.wide, digits, 128),
  job('wide', models.wide, digits, 1024),
  job('cnn', models.cnn, digits, 32),
  job('cnn', models.cnn, digits, 128),
  job('cnn', models.cnn, digits, 512),
  job('transformer', models.transformer, text(64), 8),
  job('transformer', models.transformer, text(64), 32),
  job('transformer', models.transformer, text(64), 128),
  job('mnist-resnet', example('mnist-resnet').model, digits, 32),
  job('mnist-resnet', example('mnist-resnet').model, digits, 128),
  job('mnist-rows-lstm', example('mnist-rows-lstm').model, digits, 64),
  job('mnist-rows-lstm', example('mnist-rows-lstm').model, digits, 512),
  ofExample('brown-characters', 32),
  ofExample('brown-characters', 96),
  job('fashion-cnn', example('fashion-cnn').model, digits, 64),
  ofExample('shapes-cnn', 64),
  ofExample('shapes-cnn', 200),
  ofExample('spam-words', 64),
  ofExample('spam-words', 512),
  ofExample('penguins', 16),
  ofExample('mnist-cnn', 128, { microBatches: 4 }),
  job('deep and narrow', classifier([flatten, ...Array.from({ length: 24 }, () => dense(64))]), digits, 256),
  ofExample('mnist-mlp-int8', 512, { microBatches: 2 }),
  ofExample('mnist-mlp-local', 256, { microBatches: 2 }),
  ofExample('movies', 32),
  job(
    'vgg',
    classifier([conv(48), conv(48), pool, conv(96), conv(96), pool, flatten, dense(256)], [32, 32, 3]),
    shapes,
    48,
  ),
  job(
    'long gru',
    language(256, [
      { type: 'embedding', vocabulary: 96, units: 48 },
      { type: 'gru', units: 96, returnSequences: true },
    ]),
    text(256),
    24,
  ),
  job(
    'small transformer',
    language(32, [
      { type: 'embedding', vocabulary: 96, units: 64 },
      { type: 'positionalEmbedding' },
      { type: 'transformerBlock', heads: 2, causal: true },
    ]),
    text(32),
    200,
  ),
  job('wide, adam, four slices', models.wide, fashion, 256, {
    microBatches: 4,
    optimizer: { type: 'adam', learningRate: 0.001 },
  }),
];
/** Measured after the estimate was settled. */
const unseen = [
  ofExample('breast-cancer', 64),
  job(
    'large kernels',
    classifier([conv(24, { kernelSize: 5 }), pool, conv(40, { kernelSize: 5 }), pool, flatten, dense(120)]),
    digits,
    96,
  ),
  job(
    'gru of rows',
    classifier([
      { type: 'reshape', shape: [28, 28] },
      { type: 'gru', units: 64, bidirectional: true },
    ]),
    digits,
    100,
  ),
  job(
    'three blocks',
    language(96, [
      { type: 'embedding', vocabulary: 96, units: 96 },
      { type: 'positionalEmbedding' },
      { type: 'repeat', times: 3, layers: [{ type: 'transformerBlock', heads: 3, causal: true }] },
    ]),
    text(96),
    12,
  ),
  job(
    'separable',
    classifier(
      [
        conv(32),
        { type: 'separableConv2d', filters: 64, kernelSize: 3, padding: 'same', activation: 'relu' },
        pool,
        { type: 'separableConv2d', filters: 128, kernelSize: 3, padding: 'same', activation: 'relu' },
        { type: 'globalAveragePool2d' },
      ],
      [32, 32, 3],
    ),
    shapes,
    40,
  ),
  job('one wide layer', classifier([flatten, dense(6000)]), digits, 16, {
    optimizer: { type: 'sgd', learningRate: 0.001, momentum: 0.9 },
  }),
  job(
    'lstm of characters',
    language(80, [
      { type: 'embedding', vocabulary: 96, units: 32 },
      { type: 'lstm', units: 128, returnSequences: true },
    ]),
    text(80),
    40,
  ),
  job(
    'normalised',
    classifier([
      flatten,
      dense(300),
      { type: 'layerNormalization' },
      dense(300),
      { type: 'batchNormalization' },
    ]),
    digits,
    1000,
    { microBatches: 2 },
  ),
];
const names = process.argv.slice(2);
const cases = [
  ...fitted.map((one) => ({ ...one, isFitted: true })),
  ...unseen.map((one) => ({ ...one, isFitted: false })),
].filter(({ name }) => names.length === 0 || names.includes(name));

const mebibytes = (bytes) => Math.round((bytes / 2 ** 20) * 10) / 10;
const largestResident = (pid) =>
  1024 * Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]);

const stack = await startStack({ workers: 1, processes: 'separate' });
let worst = 1;
try {
  for (const [index, { name, model, data, batchSize, training, isFitted }] of cases.entries()) {
    const { pid } =
      index === 0
        ? stack.processes().find((row) => row.name === 'worker-1')
        : await stack.replace('worker-1');
    const idle = largestResident(pid);
    const settings = {
      epochs: 1000,
      batchSize,
      microBatches: 1,
      evaluateEverySteps: 4,
      optimizer: { type: 'sgd', learningRate: 0.001 },
      ...training,
    };
    const { id, price } = await stack.client.jobs.create({ name, model, data, training: settings });
    const promised = price.workerMemoryBytes;
    for (;;) {
      const { state, reason, progress, validation } = await stack.client.jobs.get(id);
      if (state === 'failed') throw new Error(`${name}: ${reason}`);
      if (progress.step >= 8 && validation !== null) break;
      await sleep(200);
    }
    const taken = largestResident(pid);
    await stack.client.jobs.cancel(id);
    await stack.client.jobs.waitUntilEnded(id);
    const ratio = promised / taken;
    worst = Math.max(worst, ratio, 1 / ratio);
    console.log(
      JSON.stringify({
        name,
        batchSize,
        isFitted,
        idleMiB: mebibytes(idle),
        promisedMiB: mebibytes(promised),
        takenMiB: mebibytes(taken),
        ratio: Number(ratio.toFixed(2)),
      }),
    );
  }
} finally {
  await stack.stop();
}
process.exit(worst <= 1.25 ? 0 : 1);
