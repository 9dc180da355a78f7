import { createRedisBackend, type Job, Worker } from 'bullmq';
import type { QueueLogger } from './logger.ts';
import type { RedisLink } from './redis-link.ts';
import type { RedisTarget } from './redis-url.ts';
import {
  BLOCK_SECONDS,
  FETCH_HANGS_MS,
  FETCH_RETRY_MS,
  LOCK_MS,
  MAX_STALLED_COUNT,
  RETIRE_MS,
  retryDelay,
  STALLED_CHECK_MS,
  WATCH_EVERY_MS,
} from './settings.ts';

/** However it ends, the job leaves the queue: the ledger knows what is still missing. A rejection is logged. */
export type QueueHandler<Payload> = (
  payload: Payload,
  context: {
    readonly id: string;
    /** Aborted when the consumer closes and its grace is over. */
    readonly signal: AbortSignal;
  },
) => Promise<void>;

export interface Consumer {
  /** Handlers that run now. */
  readonly active: number;
  /** Takes no further jobs; running handlers go on. */
  pause(): void;
  resume(): void;
  /** Takes no further jobs, waits for the handlers, aborts their signals after `graceMs` and gives them 1 s more. */
  close(options: { readonly graceMs: number }): Promise<void>;
}

export interface ConsumerParts {
  readonly name: string;
  readonly prefix: string;
  readonly target: RedisTarget;
  readonly link: RedisLink;
  readonly logger: QueueLogger;
}

const ABORTED_MS = 1_000;
const CLOSE_MS = 2_000;

/** One BullMQ Worker and what we know about it. */
interface Fetcher {
  readonly worker: Worker;
  /** Its handlers that run. */
  active: number;
  isRetired: boolean;
  /** When its blocked fetch began; undefined between two fetches. */
  fetchingSince: number | undefined;
}

/**
 * One loop of taking jobs, made of as many BullMQ Workers as it takes.
 *
 * Note [A new Worker after every outage]: in several versions of BullMQ a Worker stood still for ever after an outage
 * and looked alive meanwhile (settings.ts, FETCH_HANGS_MS). So when Redis is back, or when a fetch hangs, the Worker is
 * retired, which takes no further jobs but keeps the locks of those it runs, and a new one takes its place.
 * A slot is held per running handler over all Workers, so `concurrency` holds through the change; and the new Worker
 * takes no more than the free ones, or not at all until there is one: a job that it took too early would wait here
 * while another process stands idle.
 */
export function startConsumer(
  parts: ConsumerParts,
  handler: QueueHandler<unknown>,
  concurrency: number,
  closed: () => void,
): Consumer {
  const { name, link, logger } = parts;
  const aborting = new AbortController();
  const waitingForSlot: (() => void)[] = [];
  const fetchers = new Set<Fetcher>();
  let current: Fetcher | undefined;
  let active = 0;
  let state: 'running' | 'paused' | 'closing' = 'running';
  let closing: Promise<void> | undefined;
  let idle: (() => void) | undefined;

  const perform = async (fetcher: Fetcher, job: Job): Promise<void> => {
    fetcher.active++;
    while (active >= concurrency) await new Promise<void>((resolve) => waitingForSlot.push(resolve));
    active++;
    const id = job.id ?? '';
    try {
      await handler(job.data, { id, signal: aborting.signal });
    } catch (error) {
      logger.error({ queue: name, id, err: error }, 'a queue job failed');
    } finally {
      active--;
      fetcher.active--;
      waitingForSlot.shift()?.();
      if (active === 0) idle?.();
      if (fetcher.isRetired) dismissWhenIdle(fetcher);
      useFreeSlots();
    }
  };

  /** Slots that no Worker but this one uses. */
  const roomOf = (fetcher: Fetcher | undefined) => {
    let used = 0;
    for (const other of fetchers) if (other !== fetcher) used += other.active;
    return concurrency - used;
  };

  const useFreeSlots = (): void => {
    if (state !== 'running') return;
    if (current === undefined) start();
    else current.worker.concurrency = Math.max(1, roomOf(current));
  };

  const start = (): void => {
    const room = roomOf(undefined);
    if (room <= 0) return;
    const fetcher: Fetcher = {
      worker: createWorker(
        parts,
        room,
        (job) => perform(fetcher, job),
        (since) => {
          fetcher.fetchingSince = since;
        },
      ),
      active: 0,
      isRetired: false,
      fetchingSince: undefined,
    };
    current = fetcher;
    fetchers.add(fetcher);
  };

  const retire = (fetcher: Fetcher): void => {
    fetcher.isRetired = true;
    // `true`: do not wait for the running jobs.
    fetcher.worker.pause(true).catch(() => {});
    dismissWhenIdle(fetcher);
  };

  const dismissWhenIdle = (fetcher: Fetcher): void => {
    if (fetcher.active > 0) return;
    setTimeout(() => {
      if (fetcher.active > 0 || !fetchers.delete(fetcher)) return;
      // By force: a graceful close waits for the end of a connection that may never end.
      fetcher.worker.close(true).catch(() => {});
    }, RETIRE_MS).unref();
  };

  const renew = (): void => {
    if (state === 'closing') return;
    if (current !== undefined) retire(current);
    current = undefined;
    if (state === 'running') start();
  };

  const watch = setInterval(() => {
    const since = current?.fetchingSince;
    if (!link.isUp || state !== 'running' || since === undefined) return;
    if (performance.now() - since < FETCH_HANGS_MS) return;
    logger.warn({ queue: name }, 'the fetch of queue jobs hangs; starting it anew');
    renew();
  }, WATCH_EVERY_MS).unref();

  const close = async (graceMs: number): Promise<void> => {
    state = 'closing';
    clearInterval(watch);
    stopListening();
    for (const { worker } of fetchers) worker.pause(true).catch(() => {});
    const done = new Promise<void>((resolve) => {
      idle = resolve;
      if (active === 0) resolve();
    });
    if (!(await settlesWithin(done, graceMs))) {
      aborting.abort();
      await settlesWithin(done, ABORTED_MS);
    }
    await Promise.all(
      [...fetchers].map(async ({ worker, isRetired }) => {
        // Gracefully where that can end: it reports the jobs that have just ended.
        const isForced = active > 0 || isRetired || !link.isUp;
        if (!(await settlesWithin(worker.close(isForced), CLOSE_MS))) worker.disconnect().catch(() => {});
      }),
    );
    fetchers.clear();
    closed();
  };

  const stopListening = link.onBack(renew);
  start();
  return {
    get active() {
      return active;
    },
    pause: () => {
      if (state !== 'running') return;
      state = 'paused';
      current?.worker.pause(true).catch(() => {});
    },
    resume: () => {
      if (state !== 'paused') return;
      state = 'running';
      if (current === undefined) start();
      else current.worker.resume().catch(() => {});
    },
    close: ({ graceMs }) => {
      closing ??= close(graceMs);
      return closing;
    },
  };
}

function createWorker(
  { name, prefix, target, link, logger }: ConsumerParts,
  concurrency: number,
  perform: (job: Job) => Promise<void>,
  fetching: (since: number | undefined) => void,
): Worker {
  const worker = new Worker(
    name,
    perform,
    {
      connection: { ...target, retryStrategy: retryDelay },
      prefix,
      concurrency,
      lockDuration: LOCK_MS,
      stalledInterval: STALLED_CHECK_MS,
      maxStalledCount: MAX_STALLED_COUNT,
      drainDelay: BLOCK_SECONDS,
      runRetryDelay: FETCH_RETRY_MS,
    },
    (...options) => {
      const backend = createRedisBackend(...options);
      const waitForJob = backend.waitForJob.bind(backend);
      backend.waitForJob = async (timeoutSeconds) => {
        fetching(performance.now());
        try {
          return await waitForJob(timeoutSeconds);
        } finally {
          fetching(undefined);
        }
      };
      return backend;
    },
  );
  worker.on('error', (error) => {
    // While Redis is away, and when it comes back without our jobs and locks, there is nothing to add to the link's log.
    const isExpected =
      !link.isUp || /lock|Missing key|Connection is closed|ECONN|ENOENT|EPIPE/i.test(error.message);
    if (!isExpected) logger.warn({ queue: name, err: error }, 'the fetch of queue jobs failed');
  });
  return worker;
}

async function settlesWithin(promise: Promise<void>, ms: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), ms);
  });
  try {
    return await Promise.race([promise.then(() => true), late]);
  } finally {
    clearTimeout(timer);
  }
}
