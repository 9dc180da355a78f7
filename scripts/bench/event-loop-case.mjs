// How long the parameter server of a 40 MB model keeps others waiting: the delay of its event loop, as it tells Prometheus.
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '@descent/testkit';
import { startService } from './service.mjs';
import { median, spread } from './statistics.mjs';
import { figureRow } from './targets.mjs';

export async function eventLoopCase({ files, repeats, seconds }) {
  const port = await freePort();
  const service = await startService({
    files,
    workers: 2,
    env: { DESCENT_METRICS_PORT: String(port) },
  });
  // Looking begins a new measurement.
  const look = async () => {
    const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
    return 1000 * Number(/^\S+nodejs_eventloop_lag_p99_seconds (\S+)$/m.exec(text)[1]);
  };
  try {
    const { id } = await service.submit('wide', { epochs: 100_000, maxWorkers: 2 });
    while ((await service.client.jobs.get(id)).progress.step < 5) await sleep(100);
    const delays = [];
    await look();
    for (let repeat = 0; repeat < repeats; repeat++) {
      await sleep(seconds * 1000);
      delays.push(await look());
    }
    await service.client.jobs.cancel(id);
    return {
      rows: [figureRow('event-loop', 'ms at 40 MB', median(delays), { spread: spread(delays) })],
      raw: delays,
    };
  } finally {
    await service.stop();
  }
}
