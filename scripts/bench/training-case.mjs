// S1, S2 and S3 of one workload: service, PyTorch and bare loops, in turn.
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startLoop } from './loop-process.mjs';
import { median, medianRatio, spread } from './statistics.mjs';
import { figureRow } from './targets.mjs';
import { workloads } from './workloads.mjs';

const python = '/usr/bin/python3';
const script = (name) => fileURLToPath(new URL(name, import.meta.url));

export async function trainingCase(name, context) {
  const { files, repeats, seconds, folder, log } = context;
  const { batchSize, optimizer, data } = workloads[name];
  const loops = [];
  const start = async (commands, env) => {
    const loop = await startLoop(commands, { batchSize, env });
    loops.push(loop);
    return loop;
  };
  const bareLoop = (count, threads) =>
    start(
      Array(count).fill([process.execPath, script('bare-loop.mjs'), name, files[data], String(threads)]),
      // The pages that the stack gives its processes, or the service would be held against a slower engine than its own.
      { ORT_DISABLE_TELEMETRY: '1', GLIBC_TUNABLES: 'glibc.malloc.hugetlb=1' },
    );
  const pyTorch = (ranks, ...layout) =>
    start(
      Array.from({ length: ranks }, (_, rank) => [
        python,
        ...[script('peer_ddp.py'), name, files[data], batchSize, JSON.stringify(optimizer), rank, ranks].map(
          String,
        ),
        join(folder, ['rendezvous', name, ranks, ...layout].join('-')),
        ...layout,
      ]),
      { OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1', GLOO_SOCKET_IFNAME: 'lo' },
    );

  try {
    const service = await context.service();
    const bare = await bareLoop(1, 1);
    const bareThreads = await bareLoop(1, 2);
    const pair = await bareLoop(2, 1);
    const torch = await pyTorch(1);
    const ddp = await pyTorch(2);
    const channelsLast = name === 'cnn' ? await pyTorch(2, 'channels_last') : undefined;
    if (bare.ready.parameters !== torch.ready.parameters)
      throw new Error(
        `the models differ: ${bare.ready.parameters} parameters here, ${torch.ready.parameters} in PyTorch`,
      );
    let timing;
    const through = async (workers) => {
      const measured = await service.measure(name, seconds, { maxWorkers: workers });
      timing = measured.timing;
      return measured.samplesPerSecond;
    };
    const one = async (loop, share = 1) => Math.min(...(await loop.measure(seconds * share)));
    const ways = {
      bare: () => one(bare),
      service1: () => through(1),
      ddp: () => one(ddp),
      service2: () => through(2),
      pair: async () => (await pair.measure(seconds)).reduce((sum, speed) => sum + speed),
      torch: () => one(torch, 0.5),
      bareThreads: () => one(bareThreads, 0.5),
      ...(channelsLast && { channelsLast: () => one(channelsLast, 0.5) }),
    };
    const speeds = Object.fromEntries(Object.keys(ways).map((way) => [way, []]));
    for (let repeat = 0; repeat < repeats; repeat++) {
      for (const [way, measure] of Object.entries(ways)) speeds[way].push(await measure());
      const now = Object.entries(speeds).map(([way, all]) => `${way} ${Math.round(all.at(-1))}`);
      log(`${name}, repeat ${repeat + 1} of ${repeats}, samples/s: ${now.join(', ')}`);
    }
    const row = (way, more) => ({
      case: name,
      ...more,
      samplesPerSecond: Math.round(median(speeds[way])),
      ratioToBare: Number(medianRatio(speeds[way], speeds.bare).toFixed(3)),
      spread: spread(speeds[way]),
    });
    const figure = (id, over, under) =>
      figureRow(id, name, medianRatio(speeds[over], speeds[under]), {
        spread: spread(speeds[over].map((speed, repeat) => speed / speeds[under][repeat])),
      });
    return {
      versions: { ...bare.ready.versions, ...torch.ready.versions },
      rows: [
        row('bare', { workers: 0 }),
        row('service1', { workers: 1 }),
        row('service2', { workers: 2 }),
        row('ddp', { workers: 2, peer: 'PyTorch DDP gloo, 2 ranks × 1 thread' }),
        ...(channelsLast
          ? [row('channelsLast', { workers: 2, peer: 'the same DDP with channels_last' })]
          : []),
        row('torch', { workers: 1, peer: 'PyTorch, 1 process × 1 thread' }),
        row('bareThreads', { workers: 0, control: 'bare loop, 1 process × 2 threads' }),
        row('pair', { workers: 0, control: 'M: two bare loops at once' }),
        figure('S1', 'service2', 'ddp'),
        figure('S2', 'service1', 'bare'),
        figure('S3', 'service2', 'pair'),
        ...dataRow(name, timing, 2),
      ],
      raw: { speeds, timing },
    };
  } finally {
    for (const loop of loops) loop.stop();
  }
}

/** Time that the workers spend on data, as a share of the time that they have; of the last measurement. */
function dataRow(name, timing, workers) {
  if (timing === undefined) return [];
  const { phases, microBatches, steps, stepMs } = timing;
  const share = (phases.data * microBatches) / (steps * workers * stepMs);
  return [figureRow('data', name, share, { stepMs, phases })];
}
