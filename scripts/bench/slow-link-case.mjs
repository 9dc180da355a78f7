// Local SGD on a slow link: MNIST, two workers behind 100 Mbit/s, the same model, batch and optimizer with `sync` and with
// `local` (8 steps). How much sooner does `local` come within 0.3 points of the accuracy that `sync` ends with?
import { parseRate } from './link.mjs';
import { startService } from './service.mjs';
import { median, spread } from './statistics.mjs';
import { figureRow } from './targets.mjs';
import { workloads } from './workloads.mjs';

const rate = '100mbit';
const points = 0.003;
const workers = 2;
const localSteps = 8;
const ways = {
  sync: { evaluateEverySteps: 8 * localSteps },
  local: { evaluateEverySteps: 8, synchronization: { mode: 'local', localSteps } },
};

export async function slowLinkCase({ files, quick, repeats, log }) {
  const service = await startService({ files, workers, link: { bytesPerSecond: parseRate(rate) } });
  const runs = [];
  try {
    for (let repeat = 0; repeat < (quick ? 1 : Math.min(2, repeats)); repeat++) {
      const curves = {};
      for (const [way, more] of Object.entries(ways)) curves[way] = await curveOf(service.client, more);
      const aim = curves.sync.at(-1).accuracy - points;
      const reached = (way) => curves[way].find(({ accuracy }) => accuracy >= aim)?.seconds;
      runs.push({ aim, sync: reached('sync'), local: reached('local'), curves });
      log(
        `slow link: to ${(100 * aim).toFixed(2)} %: sync ${reached('sync')} s, local ${reached('local')} s`,
      );
    }
  } finally {
    await service.stop();
  }
  if (runs.some(({ local }) => local === undefined))
    throw new Error(`local did not come within ${100 * points} points of sync`);
  const ratios = runs.map(({ sync, local }) => sync / local);
  return {
    rows: [figureRow('local', 'times sooner', median(ratios), { spread: spread(ratios), link: rate })],
    raw: runs,
  };
}

/** Validation accuracy over the seconds since the first step. */
async function curveOf(client, more) {
  const { model } = workloads.narrow;
  const { id } = await client.jobs.create({
    name: 'bench slow link',
    model: { ...model, metrics: ['accuracy'] },
    data: {
      dataset: 'builtin:mnist',
      validation: { split: 'test' },
      inputs: { image: { columns: ['image'], transform: { type: 'scale', factor: 1 / 255 } } },
    },
    training: {
      epochs: 1,
      batchSize: 128,
      microBatches: workers,
      checkpointEverySteps: 1_000_000,
      optimizer: { type: 'sgd', learningRate: 0.05, momentum: 0.9 },
      ...more,
    },
    maxWorkers: workers,
  });
  const job = await client.jobs.waitUntilEnded(id);
  if (job.state !== 'succeeded') throw new Error(`the job ${job.state}: ${job.reason}`);
  const curve = [];
  let startMs;
  for await (const { split, values, time } of client.jobs.metrics(id)) {
    startMs ??= Date.parse(time);
    if (split === 'validation')
      curve.push({ seconds: (Date.parse(time) - startMs) / 1000, accuracy: values.accuracy });
  }
  return curve;
}
