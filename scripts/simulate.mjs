// npm run simulate: a training job on the real code of the parameter server, with virtual workers and links in virtual time,
// beside the arithmetic of docs/scaling.md; and the real fair-share scheduling over as many workers.
//   --write            puts the tables into docs/scaling.md
//   --json             one line of JSON per row
//   --workers 1,4,16   --gbit 10,100   --megabytes 40   --compute-ms 500   --micro-batches N (default: one per worker)
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { measureShares } from '../packages/scheduling/src/simulation/scenarios.fixture.ts';
import { computeOnlyMs, predictedStepMs } from '../test/simulation/scale/formula.ts';
import { simulateScale } from '../test/simulation/scale/world.ts';

const { values } = parseArgs({
  options: {
    write: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    workers: { type: 'string', default: '1,4,16,64,256' },
    gbit: { type: 'string', default: '10,100' },
    megabytes: { type: 'string', default: '40' },
    'compute-ms': { type: 'string', default: '500' },
    'micro-batches': { type: 'string' },
  },
});
const numbers = (name) =>
  values[name].split(',').map((text) => {
    if (Number(text) > 0) return Number(text);
    console.error(`--${name} takes numbers above 0, separated by commas, not "${text}"`);
    return process.exit(2);
  });
const [megabytes] = numbers('megabytes');
const [computeMs] = numbers('compute-ms');
const microBatches = values['micro-batches'] === undefined ? undefined : numbers('micro-batches')[0];

const common = { seed: 1, steps: 16, spread: 0.05, latencyMs: 0.05 };
// Measured with packages/optimizers/bench and packages/gradient-channel/bench: check and add, and momentum with its norm.
const thread = { reduceBytesPerSecond: 8e9, updateBytesPerSecond: 8e9 };

async function row(name, { workers, gbit, ...more }) {
  const options = {
    ...common,
    ...thread,
    workers,
    microBatches: microBatches ?? workers,
    parameterBytes: megabytes * 1e6,
    computeMs,
    linkBitsPerSecond: gbit * 1e9,
    ...more,
  };
  const { stepMs, busy } = await simulateScale(options);
  return {
    name,
    workers,
    gbit,
    stepMs: Number(stepMs.toFixed(1)),
    formulaMs: Number(predictedStepMs(options).toFixed(1)),
    efficiency: Number((computeOnlyMs(options) / stepMs).toFixed(3)),
    busyDown: Number(busy.down.toFixed(2)),
    busyUp: Number(busy.up.toFixed(2)),
    busyThread: Number(busy.server.toFixed(2)),
  };
}

const scale = [];
for (const gbit of numbers('gbit'))
  for (const workers of numbers('workers')) scale.push(await row('sync, float32', { workers, gbit }));

const relief = [];
const most = Math.min(64, Math.max(...numbers('workers')));
const gbit = numbers('gbit')[0];
const bytes = megabytes * 1e6;
for (const [name, more] of [
  ['sync, float32', {}],
  ['sync, bf16', { wire: { down: 0.5, up: 0.5 } }],
  ['sync, int8 up, bf16 down', { wire: { down: 0.5, up: 0.25 } }],
  ['4 × the batch', { computeMs: 4 * computeMs }],
  ['local, 8 steps', { computeMs: 8 * computeMs }],
  ['local, 8 steps, int8', { computeMs: 8 * computeMs, wire: { down: 0.5, up: 0.25 } }],
  // Each shard's server has a card and a thread of its own: the same as one of eight times the rates.
  [
    'parameters over 8 servers (not built)',
    {
      linkBitsPerSecond: 8 * gbit * 1e9,
      reduceBytesPerSecond: 8 * thread.reduceBytesPerSecond,
      updateBytesPerSecond: 8 * thread.updateBytesPerSecond,
    },
  ],
])
  relief.push(await row(name, { workers: most, gbit, ...more }));

const { utilisation, largestShareError } = measureShares(60, Math.max(...numbers('workers')));
const shares = { workers: Math.max(...numbers('workers')), teams: 10, utilisation, largestShareError };

const heads = [
  '',
  'workers',
  'Gbit/s',
  'step, ms',
  'formula, ms',
  'efficiency',
  'busy: card down',
  'card up',
  'thread',
];
const table = (rows) =>
  [heads, heads.map((_, index) => (index === 0 ? '---' : '---:')), ...rows.map((one) => Object.values(one))]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n');
const shareLine = `${shares.workers} workers, 10 teams with weights 1 to 5, 60 s: ${(100 * utilisation).toFixed(1)} % of the workers' time used, each team within ${(100 * largestShareError).toFixed(1)} % of its share.`;

if (values.json) for (const one of [...scale, ...relief, shares]) console.log(JSON.stringify(one));
else
  console.log(
    `${megabytes} MB of parameters (${bytes / 4e6} M), ${computeMs} ms of computing per micro-batch\n\n${table(scale)}\n\n${table(relief)}\n\nFair share: ${shareLine}`,
  );

if (values.write) {
  const page = new URL('../docs/scaling.md', import.meta.url);
  let text = readFileSync(page, 'utf8');
  for (const [name, content] of [
    ['scale', table(scale)],
    ['relief', table(relief)],
    ['share', shareLine],
  ])
    text = text.replace(
      new RegExp(`<!-- ${name} -->[\\s\\S]*?<!-- end -->`),
      () => `<!-- ${name} -->\n${content}\n<!-- end -->`,
    );
  writeFileSync(page, text);
}
