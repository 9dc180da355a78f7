/**
 * Where a training step's time goes: onnxruntime's own profile, summed by operator and shapes, with the whole batch in one run.
 *
 *   node scripts/bench/engine-profile.mjs cnn [--batch 128] [--runs 20] [--top 25] [--by node] [--write step.onnx]
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { models, wholeBatch } from './engine-models.mjs';

process.env.ORT_DISABLE_TELEMETRY = '1';
const { compileModel, trainingGraph } = await import('@descent/models');
const { emitModel, inputName } = await import('../../packages/engines/dist/onnx/emit.js');
const { loadRuntime, sessionOptions } = await import('../../packages/engines/dist/onnx/runtime.js');
const { channelBlockOf } = await import('../../packages/engines/dist/onnx/channel-block.js');
const { isUnreturned } = await import('../../packages/engines/dist/onnx/unreturned.js');
const { arrayOf } = await import('@descent/tensors');

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    batch: { type: 'string' },
    runs: { type: 'string', default: '20' },
    top: { type: 'string', default: '25' },
    /** `shapes` or `node`. */
    by: { type: 'string', default: 'shapes' },
    write: { type: 'string' },
  },
});
const [name = 'mlp'] = positionals;
const graph = trainingGraph(compileModel(models[name]));
const runtime = await loadRuntime();
const { bytes, inputs } = emitModel(graph, {
  batch: Number(values.batch ?? wholeBatch[name]),
  outputs: [...graph.outputs.keys()],
  channelBlock: await channelBlockOf(runtime),
});
if (values.write) writeFileSync(values.write, bytes);

const folder = mkdtempSync(join(tmpdir(), 'descent-profile-'));
const session = await runtime.InferenceSession.create(bytes, {
  ...sessionOptions('cpu', 1),
  enableProfiling: true,
  profileFilePrefix: join(folder, 'step'),
});
const feeds = Object.fromEntries(
  inputs.map(({ dtype, shape, elements }, index) => {
    const array = arrayOf(dtype, elements);
    for (let i = 0; i < elements; i += 1)
      array[i] = dtype === 'float32' ? (Math.imul(i, 2654435761) >>> 8) / 2 ** 24 - 0.5 : (i * 7) % 10;
    return [inputName(index), new runtime.Tensor(dtype, array, shape)];
  }),
);
for (let run = 0; run < Number(values.runs) + 2; run += 1) {
  try {
    await session.run(feeds);
  } catch (error) {
    if (!isUnreturned(error)) throw error;
  }
}
session.endProfiling();
const events = JSON.parse(readFileSync(join(folder, readdirSync(folder)[0]), 'utf8'));
rmSync(folder, { recursive: true });

const times = new Map();
for (const { cat, name: event, dur, args } of events) {
  if (cat !== 'Node' || !event.endsWith('_kernel_time')) continue;
  const shapes = (list) => (list ?? []).map((entry) => Object.values(entry)[0].join('×')).join(' ');
  const node = values.by === 'node' ? `${event.slice(0, -12)} ` : '';
  const key = `${node}${args.op_name} ${shapes(args.input_type_shape)} → ${shapes(args.output_type_shape)}`;
  times.set(key, [...(times.get(key) ?? []), dur]);
}
// Of equal nodes in one run the mean; a median over runs would need to tell them apart.
const runs = Number(values.runs) + 2;
const rows = [...times]
  .map(([key, all]) => {
    const sorted = all.toSorted((a, b) => a - b);
    const count = all.length / runs;
    return { key, count, ms: (sorted[sorted.length >> 1] * count) / 1000 };
  })
  .sort((a, b) => b.ms - a.ms);
console.log(`${rows.reduce((sum, { ms }) => sum + ms, 0).toFixed(2)} ms in nodes (medians)`);
for (const { key, count, ms } of rows.slice(0, Number(values.top)))
  console.log(`${ms.toFixed(3).padStart(9)} ms ${String(count).padStart(4)}× ${key}`);
