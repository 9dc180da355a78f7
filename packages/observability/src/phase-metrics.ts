import { collectDefaultMetrics, Histogram, Registry } from 'prom-client';
import { phaseBuckets } from './phase-buckets.ts';

/** What a parameter server and a worker export: where the time of micro-batches goes, and what the process uses. */
export interface PhaseMetrics {
  readonly registry: Registry;
  /** Milliseconds of each phase of one result, and how many micro-batches it was. */
  observe(phases: { readonly [phase: string]: number }, microBatches: number): void;
}

/** @param prefix of the process' own metrics, such as `descent_worker_` */
export function createPhaseMetrics(prefix: string): PhaseMetrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, prefix });
  const phaseSeconds = new Histogram({
    name: 'descent_micro_batch_phase_seconds',
    help: 'Time of each micro-batch by phase (docs/performance.md, "Where the time goes")',
    labelNames: ['phase'],
    buckets: phaseBuckets,
    registers: [registry],
  });
  return {
    registry,
    observe(phases, microBatches) {
      for (const [phase, ms] of Object.entries(phases))
        for (let index = 0; index < microBatches; index++) phaseSeconds.observe({ phase }, ms / 1000);
    },
  };
}
