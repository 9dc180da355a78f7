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
import { compileModel, initializeParameters, trainingGraph } from '@descent/models';
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
    gradients: { count: 1, length: layout.elements },
    slots: { count: optimizer.slotNames.length, length: layout.elements },
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

  // The engine does not take WebAssembly memory that the kernels own, so parameters and gradients are copied once a step, as a
  // loop without our buffers would keep them anyway.
  const flatParameters = new Float32Array(layout.elements);
  const flatGradients = new Float32Array(layout.elements);
  const views = new Map(layout.entries.map(({ name, offset, length }) => [name, { offset, length }]));
  const part = (flat, { offset, length }) => flat.subarray(offset, offset + length);
  const inputs = new Map();
  const feeds = [];
  for (const { name, dtype, elements } of program.inputs) {
    const parameter = views.get(name);
    const array = parameter ? part(flatParameters, parameter) : arrayOf(dtype, elements);
    inputs.set(name, array);
    if (!parameter) {
      const gather = createGather(
        split,
        bindings.find(({ input }) => input === name),
      );
      feeds.push((indices) => gather(indices, array));
    }
  }
  const outputs = new Map(
    program.outputs.map(({ name, dtype, elements }) => {
      const parameter = views.get(name.replace(/^gradient\//, ''));
      return [
        name,
        parameter && name.startsWith('gradient/') ? part(flatGradients, parameter) : arrayOf(dtype, elements),
      ];
    }),
  );
  const bound = program.bind({ inputs, outputs });
  const batches = Math.floor(order.length / batchSize);

  const step = async (index) => {
    const start = (index % batches) * batchSize;
    const indices = order.subarray(start, start + batchSize);
    for (const feed of feeds) feed(indices);
    flatParameters.set(versions[index % 2].floats);
    await bound.run();
    gradients.floats.set(flatGradients);
    optimizer.update({
      parameters: versions[index % 2],
      next: versions[(index + 1) % 2],
      gradients,
      slots,
      step: index,
      learningRate: job.training.optimizer.learningRate,
      scale: 1 / batchSize,
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
