import { DescentError } from '@descent/errors';
import { Redis } from 'ioredis';
import type { QueueLogger } from './logger.ts';
import { redisFailure } from './redis-failure.ts';
import { describeRedis, type RedisTarget } from './redis-url.ts';
import { COMMAND_TIMEOUT_MS, retryDelay } from './settings.ts';
import { readInfo, unsuitable } from './suitability.ts';

/** The connection that producers share. It fails fast while Redis is away, and tells the consumers when it is back. */
export interface RedisLink {
  readonly client: Redis;
  /** For messages; holds no password. */
  readonly server: string;
  readonly isUp: boolean;
  /** Called after each outage, until the returned function is called. */
  onBack(listener: () => void): () => void;
  /** Runs a command and translates its failure. */
  run<Result>(command: () => Promise<Result>): Promise<Result>;
  close(): void;
}

const TELL_EVERY_MS = 10_000;

/** @throws DescentError QUEUE_UNREACHABLE after the timeout, if there is one; QUEUE_UNSUITABLE */
export async function openRedisLink(
  target: RedisTarget,
  logger: QueueLogger,
  connectTimeoutMs: number | undefined,
): Promise<RedisLink> {
  const server = describeRedis(target);
  const client = new Redis({
    ...target,
    lazyConnect: true,
    // Both make a command fail at once while there is no connection, instead of waiting for one.
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    commandTimeout: COMMAND_TIMEOUT_MS,
    connectTimeout: COMMAND_TIMEOUT_MS,
    retryStrategy: retryDelay,
  });
  let lastError: Error | undefined;
  // Without a listener ioredis prints every failed attempt.
  client.on('error', (error: Error) => {
    lastError = error;
  });
  const run = async <Result>(command: () => Promise<Result>): Promise<Result> => {
    try {
      return await command();
    } catch (cause) {
      throw redisFailure(server, cause);
    }
  };

  try {
    await ready(client, connectTimeoutMs, (problem) =>
      logger.warn({ server, problem }, `waiting for the queue at ${server}: ${problem}`),
    );
    const problem = unsuitable(readInfo(await client.info()));
    if (problem !== null) throw new DescentError('QUEUE_UNSUITABLE', { server, problem });
  } catch (error) {
    client.disconnect();
    throw redisFailure(server, error);
  }

  const listeners = new Set<() => void>();
  let downSince: number | undefined;
  let isClosing = false;
  client.on('close', () => {
    if (isClosing || downSince !== undefined) return;
    downSince = performance.now();
    const problem = lastError?.message ?? 'it closed the connection';
    logger.warn({ server, problem }, `queue unreachable: ${problem}; trying again until it is back`);
  });
  client.on('ready', () => {
    if (downSince === undefined) return;
    const seconds = Math.round((performance.now() - downSince) / 100) / 10;
    downSince = undefined;
    lastError = undefined;
    logger.info({ server, seconds }, `queue back after ${seconds} s`);
    for (const listener of listeners) listener();
  });
  return {
    client,
    server,
    get isUp() {
      return client.status === 'ready';
    },
    onBack: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    run,
    close: () => {
      isClosing = true;
      client.disconnect();
    },
  };
}

/**
 * Resolves once the client is ready; it goes on trying until then, and tells why it still waits: at once and every 10 s.
 * A refused password ends it at once.
 */
function ready(client: Redis, timeoutMs: number | undefined, tell: (problem: string) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    let lastError: Error | undefined;
    let toldAt = Number.NEGATIVE_INFINITY;
    let timer: NodeJS.Timeout | undefined;
    const end = (settle: () => void): void => {
      clearTimeout(timer);
      client.off('ready', succeed);
      client.off('error', fail);
      settle();
    };
    const succeed = (): void => end(resolve);
    const fail = (error: Error): void => {
      lastError = error;
      if (redisFailure('', error).code === 'QUEUE_UNSUITABLE') {
        end(() => reject(error));
        return;
      }
      if (performance.now() - toldAt < TELL_EVERY_MS) return;
      toldAt = performance.now();
      tell(error.message);
    };
    if (timeoutMs !== undefined) {
      const giveUp = () => end(() => reject(lastError ?? new Error(`no answer within ${timeoutMs} ms`)));
      timer = setTimeout(giveUp, timeoutMs);
    }
    client.on('ready', succeed);
    client.on('error', fail);
    client.connect().catch(() => {});
  });
}
