import { DescentError } from '@descent/errors';

/** Workers whose gradients were found wrong: they compute no more for this training job. */
export interface Quarantine {
  has(worker: string): boolean;
  add(worker: string): void;
  /** Throws WORKER_QUARANTINED. */
  admit(worker: string): void;
}

export function createQuarantine(jobId: string, earlier: readonly string[] = []): Quarantine {
  const workers = new Set(earlier);
  return {
    has: (worker) => workers.has(worker),
    add: (worker) => void workers.add(worker),
    admit(worker) {
      if (workers.has(worker)) throw new DescentError('WORKER_QUARANTINED', { worker, jobId });
    },
  };
}
