import type { GradientQueuePayload, TrainingQueuePayload } from '@descent/contracts';

/** The part of a pino logger that we use. */
export interface QueueLogger {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export interface ConnectQueueOptions {
  /** `redis://…`, `rediss://…` or `unix:/path` */
  readonly url: string;
  /** All keys begin with it: one Redis can serve several installations. */
  readonly prefix: string;
  readonly logger?: QueueLogger;
  /** How long to wait for the first connection. Default 10,000. */
  readonly connectTimeoutMs?: number;
}

export interface QueueConnection {
  /** Job id: the training job's id. */
  readonly training: JobQueue<TrainingQueuePayload>;
  /** Job id: `gradientQueueId(payload)`. */
  readonly gradients: JobQueue<GradientQueuePayload>;
  /** Throws QUEUE_UNREACHABLE. */
  ping(): Promise<void>;
  /** Closes the consumers (as `close({ graceMs: 0 })`) and the connections. */
  close(): Promise<void>;
}

/** `jobId-incarnation-serial` */
export declare function gradientQueueId(
  payload: Pick<GradientQueuePayload, 'jobId' | 'incarnation' | 'serial'>,
): string;

/** Throws QUEUE_UNREACHABLE (retryable) or QUEUE_UNSUITABLE (too old, or an eviction policy that loses jobs). */
export declare function connectQueue(options: ConnectQueueOptions): Promise<QueueConnection>;

export type QueuedState = 'waiting' | 'active';

/** While Redis is away every call fails within 3 s with QUEUE_UNREACHABLE (retryable); none hangs. */
export interface JobQueue<Payload> {
  /** Adding an id that waits or runs already changes nothing. Priority: whole number from 0 (first), default 0. */
  add(id: string, payload: Payload, options?: { readonly priority?: number }): Promise<void>;
  /** The ids that wait or run, in one round trip; others are not in the map. */
  has(ids: readonly string[]): Promise<ReadonlyMap<string, QueuedState>>;
  /** Removes the waiting ones (a running one stays); gives the number removed. */
  remove(ids: readonly string[]): Promise<number>;
  counts(): Promise<{ readonly waiting: number; readonly active: number }>;
  /** Takes jobs until closed, through any outage of Redis. */
  consume(handler: QueueHandler<Payload>, options?: { readonly concurrency?: number }): Consumer;
}

/** However it ends, the job leaves the queue (the ledger decides what is still missing). A rejection is logged. */
export type QueueHandler<Payload> = (
  payload: Payload,
  context: {
    readonly id: string /** Aborted when the consumer closes and its grace is over. */;
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

// ---- the queue server of a local stack

export type QueueServerKind = 'external' | 'redis' | 'embedded';
export type QueueServerChoice =
  | { readonly kind: 'external'; readonly url: string }
  | { readonly kind: 'redis'; readonly binary: string }
  | { readonly kind: 'embedded' };

/** Pure: REDIS_URL, else redis-server, else valkey-server, else the embedded one. */
export declare function chooseQueueServer(found: {
  readonly redisUrl: string | undefined;
  /** Full paths of the binaries that are on the PATH. */
  readonly onPath: { readonly redisServer?: string; readonly valkeyServer?: string };
}): QueueServerChoice;

/** How to start the queue server; the supervisor starts it, restarts it and stops it with SIGTERM. */
export interface QueueServerPlan {
  readonly kind: QueueServerKind;
  /** For `connectQueue`, also in the environment of the services. */
  readonly url: string;
  /** null: somebody else runs it. */
  readonly command: string | null;
  readonly args: readonly string[];
  /** One line for people: what was chosen, why, and what it means for the jobs. Holds no password. */
  readonly note: string;
}
/** Looks on the PATH, makes the folder, picks a free port where one is needed. */
export declare function planQueueServer(options: {
  readonly dataDir: string;
  readonly redisUrl: string | undefined;
  /** Value of the environment's PATH. */
  readonly path: string | undefined;
}): Promise<QueueServerPlan>;

/** Resolves when the server answers PING; throws QUEUE_UNREACHABLE after `timeoutMs` (default 10,000). */
export declare function waitUntilReady(
  url: string,
  options?: { readonly timeoutMs?: number; readonly signal?: AbortSignal },
): Promise<void>;
