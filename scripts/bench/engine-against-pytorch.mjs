/**
 * One training step (forward, loss, backward) of the bare engine against PyTorch's, one thread each, turn by turn.
 *
 *   node scripts/bench/engine-against-pytorch.mjs [--case mlp]… [--batch N]… [--repeats 25] [--quick]
 *     [--optimizer] [--ours] [--json]
 *
 * Needs Debian's python3-torch. Prints milliseconds per step by the clock (medians) and by the processor, and the median
 * of the ratios of neighbours: PyTorch's time ÷ ours, so above 1 we are faster. `--optimizer` adds an update with momentum
 * to both sides. `--ours` leaves PyTorch out.
 */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

process.env.ORT_DISABLE_TELEMETRY = '1';
const { createOnnxEngine } = await import('@descent/engines');
const { compileModel, initializeParameters, trainingGraph, viewOf } = await import('@descent/models');
const { createOptimizer, FlatMemory } = await import('@descent/optimizers');
const { arrayOf } = await import('@descent/tensors');
const { models, wholeBatch } = await import('./engine-models.mjs');

const { values } = parseArgs({
  options: {
    case: { type: 'string', multiple: true, default: Object.keys(models) },
    batch: { type: 'string', multiple: true },
    repeats: { type: 'string', default: '25' },
    optimizer: { type: 'boolean', default: false },
    ours: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    quick: { type: 'boolean', default: false },
  },
});

const engine = await createOnnxEngine({ threads: 1 });

/** Parameters and gradients are views into flat buffers, as in the service. */
async function ourStep(name, batch) {
  const model = compileModel(models[name]);
  const { layout } = model;
  const optimizer = createOptimizer({ type: 'sgd', learningRate: 0.001, momentum: 0.9 });
  const memory = new FlatMemory({
    parameters: { count: 2, length: layout.elements },
    gradients: { count: 1, length: layout.gradientElements },
    slots: { count: optimizer.slotNames.length, length: layout.trainableElements },
  });
  const [gradients] = memory.buffers.gradients;
  const { parameters: versions, slots } = memory.buffers;
  for (const { floats } of versions) floats.set(initializeParameters(layout, 0));
  optimizer.init(slots);
  const program = await engine.compile(trainingGraph(model), { batch });
  const entries = new Map(layout.entries.map((entry) => [entry.name, entry]));
  const samples = new Map(
    program.inputs.map(({ name: port, dtype, elements }) => [port, filled(dtype, elements)]),
  );
  const outputs = new Map(
    program.outputs.map(({ name: port, dtype, elements }) => {
      const entry = port.startsWith('gradient/') && entries.get(port.slice('gradient/'.length));
      return [port, entry ? viewOf(gradients.floats, entry) : arrayOf(dtype, elements)];
    }),
  );
  const bound = versions.map(({ floats }) =>
    program.bind({
      inputs: new Map(
        program.inputs.map(({ name: port }) => {
          const entry = entries.get(port);
          return [port, entry ? viewOf(floats, entry) : samples.get(port)];
        }),
      ),
      outputs,
    }),
  );
  let step = 0;
  return async (updates) => {
    await bound[step % 2].run();
    if (!updates) return;
    optimizer.update({
      parameters: versions[step % 2],
      next: versions[(step + 1) % 2],
      gradients,
      slots,
      step,
      learningRate: 0.001,
      scale: 1 / batch,
      range: { start: 0, end: layout.trainableElements },
    });
    step += 1;
  };
}

/** Labels and symbols that every vocabulary has; images between 0 and 1. */
function filled(dtype, elements) {
  const array = arrayOf(dtype, elements);
  for (let i = 0; i < elements; i += 1)
    array[i] = dtype === 'float32' ? (Math.imul(i, 2654435761) >>> 8) / 2 ** 24 : (i * 7) % 10;
  return array;
}

async function ours(run, steps) {
  const [start, used] = [performance.now(), process.cpuUsage()];
  for (let step = 0; step < steps; step += 1) await run(values.optimizer);
  const { user, system } = process.cpuUsage(used);
  return [(performance.now() - start) / 1000, (user + system) / 1e6];
}

function startPyTorch() {
  const script = fileURLToPath(new URL('./engine-against-pytorch.py', import.meta.url));
  const child = spawn('/usr/bin/python3', [script], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1' },
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    measure: async (name, batch, steps) => {
      child.stdin.write(`${name} ${batch} ${steps} ${Number(values.optimizer)}\n`);
      const { value, done } = await lines.next();
      if (done) throw new Error('PyTorch ended: its message is above');
      return value.split(' ').map(Number);
    },
    end: () => child.stdin.end(),
  };
}

/** Short turns, many of them: what disturbs the machine comes and goes within seconds. */
const turnSeconds = 0.1;
const repeats = values.quick ? 5 : Number(values.repeats);
const median = (numbers) => numbers.toSorted((a, b) => a - b)[numbers.length >> 1];
const peer = values.ours ? undefined : startPyTorch();
const columns = (cells) => cells.map((cell) => String(cell).padStart(12)).join('');
if (!values.json)
  console.log(
    columns(['case', 'batch', 'ours ms', 'PyTorch ms', 'ratio', 'ours cpu', 'PyTorch cpu', 'cpu ratio']),
  );
for (const name of values.case) {
  for (const batch of (values.batch ?? [wholeBatch[name]]).map(Number)) {
    const run = await ourStep(name, batch);
    await ours(run, 3);
    await peer?.measure(name, batch, 3);
    const [seconds] = await ours(run, 3);
    const steps = Math.ceil((turnSeconds * 3) / seconds);
    const measured = [];
    for (let repeat = 0; repeat < repeats; repeat += 1) {
      const us = await ours(run, steps);
      const them = (await peer?.measure(name, batch, steps)) ?? [Number.NaN, Number.NaN];
      measured.push([...us, ...them].map((time) => (1000 * time) / steps));
    }
    const [clock, processor, theirClock, theirProcessor] = [0, 1, 2, 3].map((index) =>
      median(measured.map((times) => times[index])),
    );
    const ratio = median(measured.map(([us, , them]) => them / us));
    const processorRatio = median(measured.map(([, us, , them]) => them / us));
    const row = {
      case: name,
      batch,
      oursMs: clock,
      pytorchMs: theirClock,
      ratio,
      oursProcessorMs: processor,
      pytorchProcessorMs: theirProcessor,
      processorRatio,
    };
    if (values.json) console.log(JSON.stringify({ figure: 'S4', ...row, optimizer: values.optimizer }));
    else
      console.log(
        columns([
          name,
          batch,
          ...Object.values(row)
            .slice(2)
            .map((value) => value.toFixed(2)),
        ]),
      );
  }
}
peer?.end();
await engine.dispose();
