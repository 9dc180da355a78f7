import type { GradientQueuePayload } from '@descent/contracts';

/** The part of the gradients queue that is needed here. */
export interface GradientQueue {
  add(payload: GradientQueuePayload): Promise<void>;
  /** What the queue knows of these gradient jobs, by serial; one that it has lost is absent. */
  states(jobs: readonly GradientJobKey[]): Promise<ReadonlyMap<number, 'waiting' | 'active'>>;
  remove(jobs: readonly GradientJobKey[]): Promise<void>;
}

export type GradientJobKey = Pick<GradientQueuePayload, 'jobId' | 'incarnation' | 'serial'>;

export interface GradientJobsOptions {
  readonly queue: GradientQueue;
  readonly jobId: string;
  readonly incarnation: number;
  /** How many workers may serve the training job at once. */
  readonly workers: number;
  readonly address: string;
  createLease(serial: number): string;
  onError(error: unknown): void;
}

/**
 * Keeps gradient jobs on the queue for a training job: one for each worker that it may still use.
 *
 * A gradient job is queued (on the queue, as far as we know) → joined (a worker showed its lease) → gone. One that is
 * about to end counts no longer, so that its successor waits on the queue when the worker asks for more.
 */
export interface GradientJobs {
  /** A worker showed the lease of this gradient job. False: the serial is unknown, or another worker joined with it. */
  join(serial: number, worker: string): boolean;
  /** The last assignment of this gradient job was handed out. */
  ending(serial: number): void;
  ended(serial: number): void;
  /** Adds what is missing and what the queue has lost. Called once per second and after each change. */
  refill(): Promise<void>;
  close(): Promise<void>;
}

interface Entry {
  state: 'queued' | 'joined' | 'ending';
  worker?: string;
  /** Seen as taken from the queue by a worker that has not joined yet. */
  taken?: boolean;
}

export function createGradientJobs(options: GradientJobsOptions): GradientJobs {
  const { queue, jobId, incarnation, workers, address } = options;
  const entries = new Map<number, Entry>();
  let nextSerial = 0;
  let closed = false;
  let filling = false;
  let fillAgain = false;

  const key = (serial: number): GradientJobKey => ({ jobId, incarnation, serial });
  const queued = () => [...entries].filter(([, entry]) => entry.state === 'queued').map(([serial]) => serial);

  const dropLost = async () => {
    const waiting = queued();
    if (waiting.length === 0) return;
    const states = await queue.states(waiting.map(key));
    for (const serial of waiting) {
      const entry = entries.get(serial);
      if (entry?.state !== 'queued') continue;
      const state = states.get(serial);
      // A worker that took it a whole interval ago and still has not joined died on the way.
      if (state === undefined || (state === 'active' && entry.taken)) entries.delete(serial);
      else entry.taken = state === 'active';
    }
  };

  const addMissing = async () => {
    const wanted = [...entries.values()].filter((entry) => entry.state !== 'ending').length;
    for (let missing = workers - wanted; missing > 0 && !closed; missing--) {
      const serial = nextSerial++;
      entries.set(serial, { state: 'queued' });
      try {
        await queue.add({ ...key(serial), address, lease: options.createLease(serial) });
      } catch (error) {
        entries.delete(serial);
        throw error;
      }
      // It may have come to the queue after everything else was removed.
      if (closed) await queue.remove([key(serial)]);
    }
  };

  const fill = async (checkQueue: boolean) => {
    if (closed) return;
    if (filling) {
      fillAgain = true;
      return;
    }
    filling = true;
    try {
      if (checkQueue) await dropLost();
      do {
        fillAgain = false;
        await addMissing();
      } while (fillAgain);
    } catch (error) {
      options.onError(error);
    } finally {
      filling = false;
    }
  };

  return {
    join(serial, worker) {
      const entry = entries.get(serial);
      if (entry === undefined || (entry.worker !== undefined && entry.worker !== worker)) return false;
      entries.set(serial, { state: 'joined', worker });
      return true;
    },
    ending(serial) {
      const entry = entries.get(serial);
      if (entry !== undefined) entry.state = 'ending';
      void fill(false);
    },
    ended(serial) {
      entries.delete(serial);
      void fill(false);
    },
    refill: () => fill(true),
    async close() {
      closed = true;
      await queue.remove(queued().map(key)).catch(options.onError);
      entries.clear();
    },
  };
}
