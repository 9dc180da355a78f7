import { expect, onTestFinished, test } from 'vitest';
import { createPhaseMetrics } from './phase-metrics.ts';
import { serveMetrics } from './serve-metrics.ts';

test('phases are served at /metrics, and nothing elsewhere', async () => {
  const { registry, observe } = createPhaseMetrics('descent_worker_');
  observe({ compute: 20, push: 1 }, 1);
  const server = await serveMetrics(registry, { host: '127.0.0.1', port: 0 });
  onTestFinished(() => server.close());
  const get = (path: string) => fetch(`http://127.0.0.1:${server.port}${path}`);
  const text = await (await get('/metrics')).text();
  expect(text).toContain('descent_micro_batch_phase_seconds_sum{phase="compute"} 0.02');
  expect(text).toContain('descent_micro_batch_phase_seconds_bucket{le="0.03",phase="compute"} 1');
  expect(text).toContain('descent_worker_process_cpu_seconds_total');
  expect((await get('/')).status).toBe(404);
});

test('a port in use is an error of the start', async () => {
  const { registry } = createPhaseMetrics('descent_worker_');
  const server = await serveMetrics(registry, { host: '127.0.0.1', port: 0 });
  onTestFinished(() => server.close());
  await expect(serveMetrics(registry, { host: '127.0.0.1', port: server.port })).rejects.toMatchObject({
    code: 'EADDRINUSE',
  });
});
