// S8. On each of 4 workers a piece of work lasts 4 times its shortest time, asleep for the rest, so that four fit on two processors
// and each keeps the pace of a machine of its own; on the fourth it lasts 40 times as long. The work-conserving ideal is the
// sum of what they can do: (3 + 1 ÷ 10) × the speed of one such worker on its own, through the same service.
import { startService } from './service.mjs';
import { median, spread } from './statistics.mjs';
import { figureRow } from './targets.mjs';

const pace = 4;
const slowness = 10;

export async function slowWorkerCase({ files, repeats, seconds, log }) {
  const withSlow = { DESCENT_BENCH_SLOWDOWN: `worker-4:${pace * slowness},*:${pace}` };
  const even = { DESCENT_BENCH_SLOWDOWN: `*:${pace}` };
  const training = { batchSize: 192, microBatches: 24 };
  const four = await startService({ files, workers: 4, env: withSlow });
  try {
    const one = await startService({ files, workers: 1, env: even });
    try {
      const raw = { one: [], four: [] };
      for (let repeat = 0; repeat < repeats; repeat++) {
        raw.one.push((await one.measure('cnn', seconds, { maxWorkers: 1, training })).samplesPerSecond);
        raw.four.push((await four.measure('cnn', 2 * seconds, { maxWorkers: 4, training })).samplesPerSecond);
        log(
          `slow worker, repeat ${repeat + 1} of ${repeats}: ${Math.round(raw.four.at(-1))} samples/s, one worker alone ${Math.round(raw.one.at(-1))}`,
        );
      }
      const ratios = raw.four.map((speed, repeat) => speed / (raw.one[repeat] * (3 + 1 / slowness)));
      return { rows: [figureRow('S8', 'cnn', median(ratios), { spread: spread(ratios) })], raw };
    } finally {
      await one.stop();
    }
  } finally {
    await four.stop();
  }
}
