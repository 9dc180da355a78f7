// How much memory recomputing parts of the forward pass saves, and what it costs: one process per variant, so that the
// largest resident set is its own. Runs on the built packages.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const batch = 2048;
const spec = {
  inputs: { x: { shape: [512] } },
  layers: [
    ...Array.from({ length: 24 }, (_, index) => ({
      type: 'dense',
      name: `hidden${index}`,
      units: 512,
      activation: 'tanh',
    })),
    { type: 'dense', name: 'logits', units: 10 },
  ],
  loss: { type: 'softmaxCrossEntropy', labels: 'label' },
};

if (process.argv[2] === undefined) {
  const measure = (checkpointing) =>
    JSON.parse(
      spawnSync(process.execPath, [...process.execArgv, fileURLToPath(import.meta.url), checkpointing], {
        encoding: 'utf8',
      }).stdout,
    );
  const [plain, frugal] = [measure('none'), measure('auto')];
  console.log(JSON.stringify({ plain, frugal }));
} else {
  const { peakMemory } = await import('@descent/autodiff');
  const { createOnnxEngine } = await import('@descent/engines');
  const { compileModel, initializeParameters, trainingGraph, viewOf } = await import('@descent/models');
  const { arrayOf } = await import('@descent/tensors');
  const model = compileModel(process.argv[2] === 'auto' ? { ...spec, checkpointing: 'auto' } : spec);
  const graph = trainingGraph(model);
  const flat = initializeParameters(model.layout, 0);
  const engine = await createOnnxEngine();
  const program = await engine.compile(graph, { batch });
  const entries = new Map(model.layout.entries.map((entry) => [entry.name, entry]));
  const inputs = program.inputs.map(({ name, dtype, elements }) => {
    if (entries.has(name)) return [name, viewOf(flat, entries.get(name))];
    return [
      name,
      name === 'x' ? arrayOf(dtype, elements).map((_, i) => Math.sin(i)) : arrayOf(dtype, elements),
    ];
  });
  const outputs = program.outputs.map(({ name, dtype, elements }) => [name, arrayOf(dtype, elements)]);
  const bound = program.bind({ inputs: new Map(inputs), outputs: new Map(outputs) });
  const before = residentPeak();
  const times = [];
  for (let run = 0; run < 5; run += 1) {
    const started = performance.now();
    await bound.run();
    times.push(performance.now() - started);
  }
  console.log(
    JSON.stringify({
      stepMs: times.toSorted((a, b) => a - b)[2],
      residentMiB: (residentPeak() - before) / 1024,
      estimateMiB: peakMemory(graph, batch) / 2 ** 20,
    }),
  );
}

/** Largest resident set of this process so far, in KiB. */
function residentPeak() {
  return Number(/VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))[1]);
}
