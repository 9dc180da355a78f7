import { validate } from '@descent/contracts';
import { DescentError, isDescentError } from '@descent/errors';
import { Queue } from 'bullmq';
import type { Static, TSchema } from 'typebox';
import { type Consumer, type QueueHandler, startConsumer } from './consumer.ts';
import type { QueueLogger } from './logger.ts';
import type { RedisLink } from './redis-link.ts';
import type { RedisTarget } from './redis-url.ts';
import { MAX_PRIORITY } from './settings.ts';

export type QueuedState = 'waiting' | 'active';

/** While Redis is away every call fails within 3 s with QUEUE_UNREACHABLE (retryable); none hangs. */
export interface JobQueue<Payload> {
  /** Adding an id that waits or runs already changes nothing. Priority: from 0 (first, the default); 2²¹ − 1 and more are the same. */
  add(id: string, payload: Payload, options?: { readonly priority?: number }): Promise<void>;
  /** Moves a waiting one in the line; of one that does not wait nothing changes. */
  setPriority(id: string, priority: number): Promise<void>;
  /** The ids that wait or run, in one round trip; others are not in the map. */
  has(ids: readonly string[]): Promise<ReadonlyMap<string, QueuedState>>;
  /** Removes the waiting ones, a running one stays; gives the number removed. */
  remove(ids: readonly string[]): Promise<number>;
  counts(): Promise<{ readonly waiting: number; readonly active: number }>;
  /** Takes jobs until closed, through any outage of Redis. `concurrency` (default 1) holds at every moment. */
  consume(handler: QueueHandler<Payload>, options?: { readonly concurrency?: number }): Consumer;
}

export interface QueueParts<Schema extends TSchema> {
  readonly name: string;
  readonly schema: Schema;
  readonly prefix: string;
  readonly target: RedisTarget;
  readonly link: RedisLink;
  readonly logger: QueueLogger;
}

/** A finished job leaves at once: an id is known to Redis exactly as long as it waits or runs. */
const JOB_OPTIONS = { attempts: 1, removeOnComplete: true, removeOnFail: true } as const;

export function openJobQueue<Schema extends TSchema>(
  parts: QueueParts<Schema>,
): JobQueue<Static<Schema>> & { close(): Promise<void> } {
  const { name, schema, prefix, link, logger } = parts;
  const queue = new Queue(name, {
    connection: link.client,
    prefix,
    // Nobody reads BullMQ's events; they only cost memory.
    streams: { events: { maxLen: 100 } },
  });
  // The link has logged the outage, and every command reports its own failure.
  queue.on('error', () => {});
  const consumers = new Set<Consumer>();

  const has: JobQueue<Static<Schema>>['has'] = async (ids) => {
    if (ids.length === 0) return new Map();
    const pipeline = link.client.pipeline().lrange(queue.toKey('active'), 0, -1);
    for (const id of ids) pipeline.exists(queue.toKey(id));
    const replies = await link.run(async () => {
      const results = (await pipeline.exec()) ?? [];
      return results.map(([error, reply]) => {
        if (error !== null) throw error;
        return reply;
      });
    });
    const active = new Set(replies[0] as string[]);
    const known = ids.filter((_, index) => replies[index + 1] === 1);
    return new Map(known.map((id) => [id, active.has(id) ? 'active' : 'waiting']));
  };

  return {
    add: async (id, payload, options = {}) => {
      const priority = withinRange(options.priority ?? 0);
      const data = checkPayload(name, schema, payload);
      await link.run(() => queue.add(name, data, { ...JOB_OPTIONS, jobId: id, priority }));
    },
    setPriority: async (id, priority) => {
      await link.run(async () => {
        const job = await queue.getJob(id);
        // It may be taken at this moment: that is no fault.
        await job?.changePriority({ priority: withinRange(priority) }).catch(() => {});
      });
    },
    has,
    remove: async (ids) => {
      const waiting = [...(await has(ids))].filter(([, state]) => state === 'waiting');
      const removed = await link.run(() => Promise.all(waiting.map(([id]) => queue.remove(id))));
      return removed.filter((count) => count > 0).length;
    },
    counts: async () => {
      const counts = await link.run(() => queue.getJobCounts('waiting', 'prioritized', 'active'));
      const { waiting = 0, prioritized = 0, active = 0 } = counts;
      return { waiting: waiting + prioritized, active };
    },
    consume: (handler, options = {}) => {
      const consumer = startConsumer(
        { name, prefix, target: parts.target, link, logger },
        async (data, context) => handler(checkPayload(name, schema, data), context),
        options.concurrency ?? 1,
        () => consumers.delete(consumer),
      );
      consumers.add(consumer);
      return consumer;
    },
    close: async () => {
      await Promise.all([...consumers].map((consumer) => consumer.close({ graceMs: 0 })));
      await queue.close().catch(() => {});
    },
  };
}

function withinRange(priority: number): number {
  return Math.min(MAX_PRIORITY, Math.max(0, Math.round(priority)));
}

function checkPayload<Schema extends TSchema>(
  queue: string,
  schema: Schema,
  payload: unknown,
): Static<Schema> {
  try {
    return validate(schema, payload);
  } catch (cause) {
    // Only the field is named: a lease is a secret.
    const field = isDescentError(cause, 'REQUEST_INVALID') ? String(cause.details.path) : '';
    const problem = `its payload is wrong at ${field === '' ? 'its root' : field}`;
    throw new DescentError('QUEUE_PAYLOAD_INVALID', { queue, problem }, { cause });
  }
}
