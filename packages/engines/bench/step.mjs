/**
 * Times the training step of the two models that docs/performance.md quotes: MLP 784-512-256-10 and CNN (conv 32, pool,
 * conv 64, pool, dense 128, dense 10; 28×28), one thread, one JSON line per case: minimum and median of interleaved
 * runs, and the least processor time of one, which a busy machine disturbs less.
 *
 *   npx tsc -b packages/engines && node packages/engines/bench/step.mjs [--repeats 30] [--batches 128,64,32] [--only cnn]
 *     [--engines onnx,wasm,cpu]
 */
import { parseArgs } from 'node:util';
import { createOnnxEngine, createTfjsEngine } from '../dist/index.js';
import { emptyArray, feedArrays } from '../dist/testing/run-program.js';
import { classifier, conv, dense, flatten, maxPool } from '../dist/testing/training-graphs.js';

const { values } = parseArgs({
  options: {
    repeats: { type: 'string', default: '30' },
    batches: { type: 'string', default: '128,64,32' },
    only: { type: 'string', default: '' },
    /** `onnx`, or a backend of tfjs: `wasm`, `cpu`, `tensorflow`. */
    engines: { type: 'string', default: 'onnx' },
  },
});
const repeats = Number(values.repeats);

const models = [
  classifier('mlp', ['batch', 784], 10, [
    dense('dense1', 512, 'Relu'),
    dense('dense2', 256, 'Relu'),
    dense('dense3', 10),
  ]),
  classifier('cnn', ['batch', 1, 28, 28], 10, [
    conv('conv1', 32, 3, 1),
    maxPool(2),
    conv('conv2', 64, 3, 1),
    maxPool(2),
    flatten,
    dense('dense1', 128, 'Relu'),
    dense('dense2', 10),
  ]),
].filter(({ name }) => name.startsWith(values.only));

const engines = await Promise.all(
  values.engines
    .split(',')
    .map((backend) => (backend === 'onnx' ? createOnnxEngine() : createTfjsEngine({ backend }))),
);
const cases = [];
for (const { name, graph, feeds } of models) {
  for (const [engine, batch] of engines.flatMap((engine) =>
    values.batches.split(',').map((batch) => [engine, Number(batch)]),
  )) {
    const program = await engine.compile(graph, { batch });
    const outputs = new Map(program.outputs.map((port) => [port.name, emptyArray(port)]));
    const bound = program.bind({ inputs: feedArrays(program.inputs, feeds(batch)), outputs });
    for (let warm = 0; warm < 3; warm += 1) await bound.run();
    cases.push({ name, batch, bound, numericsClass: engine.numericsClass, times: [], processorTimes: [] });
  }
}
for (let repeat = 0; repeat < repeats; repeat += 1) {
  for (const { bound, times, processorTimes } of cases) {
    const [start, used] = [performance.now(), process.cpuUsage()];
    await bound.run();
    times.push(performance.now() - start);
    const { user, system } = process.cpuUsage(used);
    processorTimes.push((user + system) / 1000);
  }
}
for (const { name, batch, numericsClass, times, processorTimes } of cases) {
  times.sort((a, b) => a - b);
  const [best, median] = [times[0], times[times.length >> 1]];
  console.log(
    JSON.stringify({
      case: name,
      batch,
      numericsClass,
      minimumMs: Number(best.toFixed(3)),
      medianMs: Number(median.toFixed(3)),
      minimumProcessorMs: Number(Math.min(...processorTimes).toFixed(3)),
      samplesPerSecond: Math.round((batch / median) * 1000),
    }),
  );
}
for (const engine of engines) await engine.dispose();
