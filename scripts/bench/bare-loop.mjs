// The bare engine loop, in a process of its own: the whole mini-batch in one run, data and optimizer included, no service.
//   node scripts/bench/bare-loop.mjs WORKLOAD DATA.npz THREADS
// Says {"parameters": n, "versions": {…}} once it is ready; each line {"steps": n} on stdin trains that many further steps
// and is answered with {"seconds": s}.
import { createInterface } from 'node:readline';
import {
  bindInputs,
  createGather,
  createMemoryArtifacts,
  ingestFile,
  loadSplit,
  sampleOrder,
  selectSamples,
} from '@descent/datasets';
import { createOnnxEngine } from '@descent/engines';
import { compileModel, initializeParameters, trainingGraph, viewOf } from '@descent/models';
import { createOptimizer, FlatMemory } from '@descent/optimizers';
import { arrayOf } from '@descent/tensors';
import { jobOf } from './workloads.mjs';

const [workload, path, threads] = process.argv.slice(2);
const job = jobOf(workload, { dataset: 'none', epochs: 1, maxWorkers: 1 });
const artifacts = createMemoryArtifacts();
const manifest = await ingestFile({ path, sink: artifacts });
const model = compileModel(job.model);
const { layout } = model;
const { batchSize } = job.training;
const optimizer = createOptimizer(job.training.optimizer);
const memory = new FlatMemory({
  parameters: { count: 2, length: layout.elements },
  gradients: { count: 1, length: layout.gradientElements },
  slots: { count: optimizer.slotNames.length, length: layout.trainableElements },
});
const { parameters: versions, slots } = memory.buffers;
const [gradients] = memory.buffers.gradients;
versions[0].floats.set(initializeParameters(layout, 0));
optimizer.init(slots);

const engine = await createOnnxEngine({ threads: Number(threads) });
const program = await engine.compile(trainingGraph(model), { batch: batchSize });
const bindings = bindInputs(job.data, manifest, model.inputs);
const { train } = selectSamples(job.data, manifest, 0);
const split = await loadSplit(
  manifest,
  train.split,
  bindings.flatMap(({ columns }) => columns.map(({ column }) => column)),
  artifacts,
);
const order = sampleOrder(train, 0, 0);

// Bound straight to the memory of the optimizer, once for each of the two versions: nothing is copied.
const entries = new Map(layout.entries.map((entry) => [entry.name, entry]));
const feeds = [];
const fed = new Map();
for (const { name, dtype, elements } of program.inputs) {
  if (entries.has(name)) continue;
  const array = arrayOf(dtype, elements);
  const gather = createGather(
    split,
    bindings.find(({ input }) => input === name),
  );
  feeds.push((indices) => gather(indices, array));
  fed.set(name, array);
}
const outputs = new Map(
  program.outputs.map(({ name, dtype, elements }) => {
    const entry = name.startsWith('gradient/') && entries.get(name.slice('gradient/'.length));
    return [name, entry ? viewOf(gradients.floats, entry) : arrayOf(dtype, elements)];
  }),
);
const bound = versions.map(({ floats }) => {
  const inputs = program.inputs.map(({ name }) => [name, fed.get(name) ?? viewOf(floats, entries.get(name))]);
  return program.bind({ inputs: new Map(inputs), outputs });
});
const batches = Math.floor(order.length / batchSize);

const step = async (index) => {
  const start = (index % batches) * batchSize;
  const indices = order.subarray(start, start + batchSize);
  for (const feed of feeds) feed(indices);
  await bound[index % 2].run();
  optimizer.update({
    parameters: versions[index % 2],
    next: versions[(index + 1) % 2],
    gradients,
    slots,
    step: index,
    learningRate: job.training.optimizer.learningRate,
    scale: 1 / batchSize,
    range: { start: 0, end: layout.trainableElements },
  });
};

const parameters = layout.entries.reduce((sum, { length }) => sum + length, 0);
console.log(JSON.stringify({ parameters, versions: { engine: engine.numericsClass } }));
let done = 0;
for await (const line of createInterface({ input: process.stdin })) {
  const { steps } = JSON.parse(line);
  const started = performance.now();
  for (const end = done + steps; done < end; done++) await step(done);
  console.log(JSON.stringify({ seconds: (performance.now() - started) / 1000 }));
}
await engine.dispose();
