import { expect, test } from 'vitest';
import { createApiMetrics } from './metrics.ts';

test('two registries in one process do not share counts', async () => {
  const first = createApiMetrics();
  const second = createApiMetrics();
  first.metricPoints.inc(3);
  expect(await first.registry.metrics()).toContain('descent_metric_points_total 3');
  expect(await second.registry.metrics()).toContain('descent_metric_points_total 0');
});

test('every metric of ours carries the prefix descent_ and a help text', async () => {
  const { registry } = createApiMetrics();
  for (const metric of await registry.getMetricsAsJSON()) {
    expect(metric.name).toMatch(/^descent_[a-z0-9_]+$/);
    expect(metric.help.length).toBeGreaterThan(5);
  }
});
