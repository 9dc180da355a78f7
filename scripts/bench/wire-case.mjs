// S6: what crosses the sockets of the gradient channel per step, counted there, for each wire format.
import { startService } from './service.mjs';
import { figureRow } from './targets.mjs';

const formats = {
  f32: {},
  bf16: { compression: 'bf16' },
  int8: { compression: 'int8' },
};

export async function wireCase({ files, log }) {
  const workers = 2;
  const service = await startService({ files, workers, link: {} });
  const rows = [];
  try {
    for (const [name, training] of Object.entries(formats)) {
      try {
        const before = service.link.bytes();
        const job = await service.train('wide', {
          epochs: 1,
          maxWorkers: workers,
          training: { microBatches: workers, ...training },
        });
        const after = service.link.bytes();
        const bytes = after.up - before.up + after.down - before.down;
        const ideal = 2 * job.price.parameterBytes * workers * job.price.steps;
        rows.push(
          figureRow('S6', name, bytes / ideal, {
            bytesPerStep: Math.round(bytes / job.price.steps),
            idealBytesPerStep: ideal / job.price.steps,
            workers,
          }),
        );
        log(`wire ${name}: ${rows.at(-1).ratio}`);
      } catch (error) {
        rows.push({ figure: 'S6', case: name, failed: error.message });
      }
    }
  } finally {
    await service.stop();
  }
  return { rows, raw: rows };
}
