import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { phaseBuckets } from './phase-buckets.ts';

/** Every metric that the api exports, under the name that dashboards and alerts know it by. */
export interface ApiMetrics {
  readonly registry: Registry;
  readonly requestSeconds: Histogram<'method' | 'route' | 'status'>;
  readonly jobs: Gauge<'state'>;
  readonly streamReaders: Gauge<'stream'>;
  readonly reports: Counter<'answer'>;
  readonly metricPoints: Counter;
  readonly phaseSeconds: Histogram<'phase'>;
  readonly silentServers: Counter;
  readonly queueAdditions: Counter<'cause'>;
}

/** A registry of its own per call: nothing is shared between two apps in one process. */
export function createApiMetrics(): ApiMetrics {
  const registry = new Registry();
  // Every sample of the event loop wakes the process: by default 100 times a second, which took 1.5 % of a core.
  collectDefaultMetrics({ register: registry, prefix: 'descent_api_', eventLoopMonitoringPrecision: 100 });
  const registers = [registry];
  return {
    registry,
    requestSeconds: new Histogram({
      name: 'descent_http_request_seconds',
      help: 'Time to answer a request, until its last byte',
      labelNames: ['method', 'route', 'status'],
      buckets: [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30],
      registers,
    }),
    jobs: new Gauge({
      name: 'descent_jobs',
      help: 'Training jobs by state',
      labelNames: ['state'],
      registers,
    }),
    streamReaders: new Gauge({
      name: 'descent_stream_readers',
      help: 'Open event streams (SSE)',
      labelNames: ['stream'],
      registers,
    }),
    reports: new Counter({
      name: 'descent_reports_total',
      help: 'Reports of parameter servers: stored, repeated or refused',
      labelNames: ['answer'],
      registers,
    }),
    metricPoints: new Counter({
      name: 'descent_metric_points_total',
      help: 'Metric points stored',
      registers,
    }),
    phaseSeconds: new Histogram({
      name: 'descent_micro_batch_phase_seconds',
      help: 'Time of a micro-batch by phase: means over the latest steps of a job, once per report',
      labelNames: ['phase'],
      buckets: phaseBuckets,
      registers,
    }),
    silentServers: new Counter({
      name: 'descent_silent_servers_total',
      help: 'Times a parameter server fell silent and its job was put back in the line',
      registers,
    }),
    queueAdditions: new Counter({
      name: 'descent_training_queue_additions_total',
      help: 'Training jobs put on the queue: first time, or because the queue had lost them',
      labelNames: ['cause'],
      registers,
    }),
  };
}
