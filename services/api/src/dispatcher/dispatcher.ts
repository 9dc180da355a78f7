import { setTimeout as delay } from 'node:timers/promises';
import { activeJobs } from '@descent/storage';
import type { Context, TrainingQueue } from '../context.ts';
import { loseSilentServer } from '../jobs/lose-job.ts';
import { releaseJob } from '../jobs/release-job.ts';
import { type DispatcherAction, decide, type Offer } from './decide.ts';
import { createLeadership } from './leadership.ts';

export interface Dispatcher {
  /** Looks at the jobs now; several calls while it is busy count as one. */
  wake(): void;
  /** Stops the loop; resolves when the look under way has ended. */
  close(): Promise<void>;
}

export interface DispatcherOptions {
  readonly queue: TrainingQueue;
  readonly tickMs?: number;
}

const restsPerLook = 4;

/** Keeps the queue as the database says, four times a second and whenever a job changes; in the process that leads. */
export function startDispatcher(context: Context, { queue, tickMs = 250 }: DispatcherOptions): Dispatcher {
  const offers = new Map<string, Offer>();
  const leadership = createLeadership(context.locks, context.logger);
  let leadsSinceMs: number | null = null;
  let closed = false;
  let again = false;
  let running: Promise<void> | null = null;
  let failing = false;

  async function look(): Promise<void> {
    if (!(await leadership.lead())) {
      leadsSinceMs = null;
      return;
    }
    if (leadsSinceMs === null) offers.clear();
    leadsSinceMs ??= context.clock();
    const { silenceMs } = context.limits;
    const { admit, release } = await context.books.decide();
    for (const one of release) await releaseJob(context, one);
    const jobs = await activeJobs(context.db, { waiting: admit });
    const ids = [...offers.values()].map((offer) => offer.id);
    let unreachable: unknown = null;
    const present = await queue.has(ids).catch((error: unknown) => {
      unreachable = error;
      return null;
    });
    const actions = decide({
      jobs,
      offers,
      queue: present,
      nowMs: context.clock(),
      startedAtMs: leadsSinceMs,
      admit,
      silenceMs,
    });
    for (const action of actions) await perform(action);
    if (unreachable !== null) throw unreachable;
    // What was lost is queued now and may be offered at once.
    if (actions.some((action) => action.type === 'lose')) again = true;
  }

  async function perform(action: DispatcherAction): Promise<void> {
    switch (action.type) {
      case 'lose':
        return loseSilentServer(context, action.jobId, action.heardAtMs);
      case 'offer':
        await queue.add(action.offer.id, { jobId: action.jobId });
        offers.set(action.jobId, action.offer);
        context.metrics.queueAdditions.inc({ cause: action.cause });
        return;
      case 'note':
        offers.set(action.jobId, action.offer);
        return;
      case 'withdraw':
        await queue.remove([action.id]);
        offers.delete(action.jobId);
        return;
      default:
        return action satisfies never;
    }
  }

  /** A queue that cannot be reached is normal life (it restarts): say so once, try again at the next tick. */
  async function lookSafely(): Promise<void> {
    try {
      await look();
      if (failing) context.logger.info('The dispatcher reaches the queue and the database again');
      failing = false;
    } catch (error) {
      if (!failing) context.logger.warn({ err: error }, 'The dispatcher cannot work; it keeps trying');
      failing = true;
    }
  }

  async function drain(): Promise<void> {
    do {
      again = false;
      const begunMs = performance.now();
      await lookSafely();
      // The longer a look takes (thousands of jobs wait), the longer until the next: looks never fill the event loop.
      if (again) await delay(Math.min(tickMs, restsPerLook * (performance.now() - begunMs)));
    } while (again && !closed);
    running = null;
  }

  const wake = () => {
    if (closed) return;
    again = true;
    running ??= drain();
  };
  const timer = setInterval(wake, tickMs);
  wake();

  return {
    wake,
    async close() {
      closed = true;
      clearInterval(timer);
      await running;
    },
  };
}
