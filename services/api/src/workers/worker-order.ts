import type { WorkerOrder } from '@descent/contracts';
import type { WorkerWish } from '@descent/storage';

/** What a worker is told: while a maintenance lasts none takes work, whatever else is wanted of it. */
export function orderFor(wanted: WorkerWish, isMaintenance: boolean): WorkerOrder {
  return { wanted: wanted === 'work' && isMaintenance ? 'pause' : wanted };
}
