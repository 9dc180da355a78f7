import type { ClaimAnswer, Demand, GradientQueuePayload, GradientTurn } from '@descent/contracts';

/** The part of the gradients queue that is needed here. */
export interface GradientQueue {
  /** `lent`: for workers that are lent to the job's team alone. */
  add(
    payload: GradientQueuePayload,
    place: { readonly priority: number; readonly lent: boolean },
  ): Promise<void>;
  /** Of one that nobody has taken. */
  setPriority(job: GradientJobKey, priority: number): Promise<void>;
  /** What the queue knows of these gradient jobs, by serial; one that it has lost is absent. */
  states(jobs: readonly GradientJobKey[]): Promise<ReadonlyMap<number, 'waiting' | 'active'>>;
  remove(jobs: readonly GradientJobKey[]): Promise<void>;
}

export type GradientJobKey = Pick<GradientQueuePayload, 'jobId' | 'incarnation' | 'serial'>;
/** What the api says about a job's gradient jobs. */
export type GradientOrders = Pick<ClaimAnswer, 'turn' | 'lentWorkers'>;

export interface GradientJobsOptions {
  readonly queue: GradientQueue;
  readonly jobId: string;
  readonly incarnation: number;
  /** How many workers may serve the training job at once. */
  readonly workers: number;
  readonly address: string;
  /** As of the claim. */
  readonly orders?: GradientOrders;
  /** Monotonic milliseconds. */
  clock?(): number;
  createLease(serial: number): string;
  onError(error: unknown): void;
}

/**
 * Keeps gradient jobs on the queue for a training job: one for each worker that it may still use, and beside them one for
 * each worker that is lent to its team. Where they stand among those of other jobs the api says (fair share).
 *
 * A gradient job is queued (on the queue, as far as we know) → joined (a worker showed its lease) → gone. One that is
 * about to end counts no longer, so that its successor waits on the queue when the worker asks for more.
 */
export interface GradientJobs {
  /** A worker showed the lease of this gradient job. False: it is over, another worker has it, or enough came before. */
  join(serial: number, worker: string): boolean;
  /** The last assignment of this gradient job was handed out. */
  ending(serial: number): void;
  ended(serial: number): void;
  order(orders: GradientOrders): void;
  /** How they stand, for the api. */
  demand(): Demand;
  /** Adds what is missing and what the queue has lost. Called once per second and after each change. */
  refill(): Promise<void>;
  close(): Promise<void>;
}

interface Entry {
  state: 'queued' | 'joined' | 'ending';
  readonly lent: boolean;
  priority: number;
  /** When it came to the state. */
  since: number;
  worker?: string;
  /** Seen as taken from the queue by a worker that has not joined yet. */
  taken?: boolean;
}

/** One in the line may stand this far from its place, in thousandths of a second of share, before it is moved. */
const tolerance = 250;
/** Only the first ones are moved: the others are not taken before they are among them. */
const moved = 32;
/** Weight of the latest in what a gradient job takes. */
const smoothing = 0.3;

export function createGradientJobs(options: GradientJobsOptions): GradientJobs {
  const { queue, jobId, incarnation, workers, address, clock = () => performance.now() } = options;
  const entries = new Map<number, Entry>();
  let { turn, lentWorkers = 0 } = options.orders ?? {};
  let seconds: number | null = null;
  let nextSerial = 0;
  let closed = false;
  let filling = false;
  let fillAgain = false;

  const key = (serial: number): GradientJobKey => ({ jobId, incarnation, serial });
  const queued = (lent?: boolean) =>
    [...entries]
      .filter(([, entry]) => entry.state === 'queued' && (lent === undefined || entry.lent === lent))
      .map(([serial]) => serial);
  const joined = () => [...entries.values()].filter((entry) => entry.state === 'joined').length;

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

  const add = async (lent: boolean) => {
    const serial = nextSerial++;
    const priority = lent ? 1 : priorityAt(turn, queued(false).length);
    entries.set(serial, { state: 'queued', lent, priority, since: clock() });
    try {
      await queue.add({ ...key(serial), address, lease: options.createLease(serial) }, { priority, lent });
    } catch (error) {
      entries.delete(serial);
      throw error;
    }
    // It may have come to the queue after everything else was removed.
    if (closed) await queue.remove([key(serial)]);
  };

  /** Brings one line to the length that it should have. */
  const fit = async (lent: boolean) => {
    const length = () => (lent ? Math.min(lentWorkers, workers - joined()) : workers - joined());
    while (!closed && queued(lent).length < length()) await add(lent);
    const surplus = closed ? [] : queued(lent).slice(Math.max(0, length()));
    if (surplus.length === 0) return;
    for (const serial of surplus) entries.delete(serial);
    await queue.remove(surplus.map(key));
  };

  const move = async () => {
    for (const [index, serial] of queued(false).slice(0, moved).entries()) {
      const entry = entries.get(serial);
      const priority = priorityAt(turn, index);
      if (entry?.state !== 'queued' || Math.abs(entry.priority - priority) <= tolerance) continue;
      entry.priority = priority;
      await queue.setPriority(key(serial), priority);
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
        await fit(false);
        await fit(true);
      } while (fillAgain);
      await move();
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
      if (entry.state === 'queued' && joined() >= workers) return false;
      if (entry.state === 'queued') entry.since = clock();
      entry.state = 'joined';
      entry.worker = worker;
      // Enough have come: what waits for more goes.
      if (lentWorkers > 0) void fill(false);
      return true;
    },
    ending(serial) {
      const entry = entries.get(serial);
      if (entry !== undefined) entry.state = 'ending';
      void fill(false);
    },
    ended(serial) {
      const entry = entries.get(serial);
      entries.delete(serial);
      if (entry?.worker !== undefined) {
        const took = (clock() - entry.since) / 1000;
        if (took > 0) seconds = seconds === null ? took : seconds + smoothing * (took - seconds);
      }
      void fill(false);
    },
    order(orders) {
      const before = [turn?.first ?? 1, turn?.step ?? 0, lentWorkers];
      ({ turn, lentWorkers = 0 } = orders);
      const after = [turn?.first ?? 1, turn?.step ?? 0, lentWorkers];
      if (after.some((value, index) => Math.abs(value - before[index]!) > (index === 2 ? 0 : tolerance)))
        void fill(false);
    },
    demand() {
      const waiting = queued().map((serial) => entries.get(serial)!);
      return {
        waiting: waiting.length,
        waitedMs: waiting.reduce((longest, { since }) => Math.max(longest, clock() - since), 0),
        serving: entries.size - waiting.length,
        seconds,
      };
    },
    refill: () => fill(true),
    async close() {
      closed = true;
      await queue.remove(queued().map(key)).catch(options.onError);
      entries.clear();
    },
  };
}

/** Without a turn all stand alike. */
function priorityAt(turn: GradientTurn | undefined, index: number): number {
  return turn === undefined ? 1 : turn.first + index * turn.step;
}
