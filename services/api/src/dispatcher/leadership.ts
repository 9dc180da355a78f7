import type { Logger } from '@descent/observability';
import type { Locks } from '@descent/storage';

/**
 * Of the processes of the api one leads: it fills the queue and misses silent parameter servers. Two that led for a
 * moment would do no harm, since what they put on the queue has the same names and every change of a job is guarded;
 * they would do everything twice.
 */
export interface Leadership {
  /** Whether this process leads; tries to when nobody does. */
  lead(): Promise<boolean>;
}

const tryEveryMs = 500;
const lock = 'leader';

export function createLeadership(locks: Locks, logger: Logger): Leadership {
  let triedAt = Number.NEGATIVE_INFINITY;
  return {
    async lead() {
      if (locks.has(lock)) return true;
      if (performance.now() - triedAt < tryEveryMs) return false;
      triedAt = performance.now();
      const leads = await locks.tryTake(lock);
      if (leads) logger.info('This api leads: it fills the queue');
      return leads;
    },
  };
}
