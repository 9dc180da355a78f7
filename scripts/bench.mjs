// npm run bench: training speed through the whole service against the bare engine loop, side by side in one run.
//   --json         one JSON line per case on stdout; everything else goes to stderr
//   --case NAME    mlp or cnn; may be repeated
//   --repeats N    interleaved repeats, of which the median counts (default 3)
import { parseArgs } from 'node:util';
import { setUp } from './setup.mjs';

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    case: { type: 'string', multiple: true },
    repeats: { type: 'string', default: '3' },
  },
});
setUp();
// Read by onnxruntime when it is loaded: it must not report its use to its maker.
process.env.ORT_DISABLE_TELEMETRY = '1';
const { caseNames, jobOf, stepsOf } = await import('./bench/cases.mjs');
const { bareLoop } = await import('./bench/bare-loop.mjs');
const { startStack } = await import('@descent/testkit');

const names = values.case ?? caseNames;
const unknown = names.filter((name) => !caseNames.includes(name));
const repeats = Number(values.repeats);
if (unknown.length > 0 || !(repeats >= 1)) {
  console.error(`usage: npm run bench -- [--json] [--case ${caseNames.join('|')}]… [--repeats N]`);
  process.exit(2);
}

const median = (numbers) => numbers.toSorted((a, b) => a - b)[numbers.length >> 1];

/** Samples per second of a job through the service, between a tenth of its steps and its last one. */
async function throughService(client, job) {
  const { id, price } = await client.jobs.create(job);
  const marks = [];
  for await (const { step, split, time } of client.jobs.metrics(id))
    if (split === 'train') marks.push([step, Date.parse(time)]);
  const first = marks.find(([step]) => step >= price.steps / 10);
  const last = marks.at(-1);
  return ((last[0] - first[0]) * job.training.batchSize * 1000) / (last[1] - first[1]);
}

const stack = await startStack({ workers: 2 });
try {
  for (const name of names) {
    const speeds = { 0: [], 1: [], 2: [] };
    for (let repeat = 0; repeat < repeats; repeat++) {
      const steps = stepsOf(name);
      speeds[0].push(await bareLoop(jobOf(name, {}), { steps, warmUp: Math.ceil(steps / 10) }));
      for (const workers of [1, 2])
        speeds[workers].push(await throughService(stack.client, jobOf(name, { maxWorkers: workers })));
      console.error(
        `${name}, repeat ${repeat + 1} of ${repeats}: ${Object.values(speeds)
          .map((all) => Math.round(all.at(-1)))
          .join(' / ')} samples/s (bare, 1 worker, 2 workers)`,
      );
    }
    for (const workers of [0, 1, 2]) {
      const row = {
        case: name,
        workers,
        samplesPerSecond: Math.round(median(speeds[workers])),
        ratioToBare: Number(
          median(speeds[workers].map((speed, repeat) => speed / speeds[0][repeat])).toFixed(3),
        ),
      };
      console.log(
        values.json
          ? JSON.stringify(row)
          : `${row.case.padEnd(5)} ${row.workers} workers ${row.samplesPerSecond} samples/s  ${row.ratioToBare} of the bare loop`,
      );
    }
  }
} finally {
  await stack.stop();
}
