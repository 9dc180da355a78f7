// The bare engine loop: one thread, one process, the whole mini-batch in one run, data and optimizer included, no service.
import {
  bindInputs,
  createGather,
  createMemoryArtifacts,
  ingestBuiltin,
  loadSplit,
  sampleOrder,
  selectSamples,
} from '@descent/datasets';
import { createOnnxEngine } from '@descent/engines';
import { compileModel, initializeParameters, trainingGraph, viewOf } from '@descent/models';
import { createOptimizer, FlatMemory } from '@descent/optimizers';
import { arrayOf } from '@descent/tensors';

let data;

/** Samples per second of `steps` steps after `warmUp` further ones. */
export async function bareLoop(job, { steps, warmUp }) {
  data ??= await loadData();
  const { manifest, artifacts } = data;
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

  const engine = await createOnnxEngine({ threads: 1 });
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
    const inputs = program.inputs.map(({ name }) => [
      name,
      fed.get(name) ?? viewOf(floats, entries.get(name)),
    ]);
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
  for (let index = 0; index < warmUp; index++) await step(index);
  const started = performance.now();
  for (let index = warmUp; index < warmUp + steps; index++) await step(index);
  const seconds = (performance.now() - started) / 1000;
  await engine.dispose();
  return (steps * batchSize) / seconds;
}

async function loadData() {
  const artifacts = createMemoryArtifacts();
  return { artifacts, manifest: await ingestBuiltin('builtin:mnist', artifacts) };
}
