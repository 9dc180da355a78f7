import type { GradientQueuePayload } from '@descent/contracts';
import type { Consumer } from '@descent/queue';
import type { GradientSource } from '../context.ts';

/** A worker that neither asks nor beats for this long has no seat any more. */
const silenceMs = 15_000;
const sweepMs = 5_000;

/**
 * Takes gradient jobs from the queue for workers that cannot reach it themselves: a seat for each, which holds one
 * gradient job at a time, as a worker with a queue of its own does.
 */
export interface Relay {
  /** The worker's next gradient job; null: none came in `waitMs`. The one before it is over. */
  next(worker: Seated, waitMs: number, signal: AbortSignal): Promise<GradientQueuePayload | null>;
  /** It is alive, in the middle of a gradient job. */
  heard(id: string): void;
  /** Takes nothing more for it. */
  dismiss(id: string): void;
  close(): Promise<void>;
}

export interface Seated {
  readonly id: string;
  /** The only team that it serves; null: all. */
  readonly lentTo: string | null;
}

interface Seat {
  readonly consumer: Consumer;
  /** The gradient job that was taken for it, and whether it has it. */
  taken: { readonly job: GradientQueuePayload; isHanded: boolean; over(): void } | null;
  wake: () => void;
  heardMs: number;
}

export function createRelay(gradientsFor: GradientSource, clock: () => number): Relay {
  const seats = new Map<string, Seat>();

  const open = ({ id, lentTo }: Seated): Seat => {
    const consumer = gradientsFor(lentTo).consume(
      (job, { signal }) =>
        new Promise((resolve) => {
          seat.taken = { job, isHanded: false, over: resolve };
          signal.addEventListener('abort', () => resolve(), { once: true });
          seat.wake();
        }),
    );
    const seat: Seat = { consumer, taken: null, wake: () => {}, heardMs: clock() };
    seats.set(id, seat);
    return seat;
  };

  const end = async (id: string): Promise<void> => {
    const seat = seats.get(id);
    if (seat === undefined) return;
    seats.delete(id);
    seat.wake();
    seat.taken?.over();
    await seat.consumer.close({ graceMs: 0 });
  };

  const sweep = setInterval(() => {
    for (const [id, { heardMs }] of seats) if (clock() - heardMs > silenceMs) void end(id);
  }, sweepMs).unref();

  return {
    async next(worker, waitMs, signal) {
      const seat = seats.get(worker.id) ?? open(worker);
      seat.heardMs = clock();
      if (seat.taken?.isHanded) {
        seat.taken.over();
        seat.taken = null;
      }
      if (seat.taken === null) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, waitMs);
          seat.wake = () => {
            clearTimeout(timer);
            resolve();
          };
          signal.addEventListener('abort', seat.wake, { once: true });
        });
        seat.wake = () => {};
      }
      // A worker that has gone away meanwhile finds it when it asks again.
      if (seat.taken === null || signal.aborted || !seats.has(worker.id)) return null;
      seat.taken.isHanded = true;
      return seat.taken.job;
    },
    heard(id) {
      const seat = seats.get(id);
      if (seat !== undefined) seat.heardMs = clock();
    },
    dismiss: (id) => void end(id),
    async close() {
      clearInterval(sweep);
      await Promise.all([...seats.keys()].map(end));
    },
  };
}
