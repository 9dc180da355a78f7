import { collectDefaultMetrics, Histogram, Registry } from 'prom-client';
import { phaseBuckets } from './phase-buckets.ts';

/** What a parameter server and a worker export: where the time of micro-batches goes, and what the process uses. */
export interface PhaseMetrics {
  readonly registry: Registry;
  readonly phaseSeconds: Histogram<'phase'>;
}

/** @param prefix of the process' own metrics, such as `descent_worker_` */
export function createPhaseMetrics(prefix: string): PhaseMetrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, prefix });
  return {
    registry,
    phaseSeconds: new Histogram({
      name: 'descent_micro_batch_phase_seconds',
      help: 'Time of each micro-batch by phase (docs/performance.md, "Where the time goes")',
      labelNames: ['phase'],
      buckets: phaseBuckets,
      registers: [registry],
    }),
  };
}
