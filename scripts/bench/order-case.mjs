// S9: what it costs that gradients are added in a fixed order, whatever order they arrive in.
import { startService } from './service.mjs';
import { medianRatio, spread } from './statistics.mjs';
import { figureRow } from './targets.mjs';

export async function orderCase({ files, repeats, seconds, log, service }) {
  const ordered = await service();
  const arrival = await startService({ files, workers: 2, env: { DESCENT_BENCH_ARRIVAL_ORDER: '1' } });
  const training = { microBatches: 8 };
  const rows = [];
  const raw = {};
  try {
    for (const name of ['mlp', 'cnn']) {
      const speeds = { ordered: [], arrival: [] };
      for (let repeat = 0; repeat < repeats; repeat++) {
        for (const [way, stack] of [
          ['ordered', ordered],
          ['arrival', arrival],
        ])
          speeds[way].push(
            (await stack.measure(name, seconds, { maxWorkers: 2, training })).samplesPerSecond,
          );
        log(
          `order, ${name}, repeat ${repeat + 1} of ${repeats}: ${Math.round(speeds.ordered.at(-1))} / ${Math.round(speeds.arrival.at(-1))} samples/s`,
        );
      }
      raw[name] = speeds;
      const ratios = speeds.ordered.map((speed, repeat) => speed / speeds.arrival[repeat]);
      rows.push(
        figureRow('S9', name, medianRatio(speeds.ordered, speeds.arrival), { spread: spread(ratios) }),
      );
    }
  } finally {
    await arrival.stop();
  }
  return { rows, raw };
}
