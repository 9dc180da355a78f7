import { setTimeout as delay } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { redisFailure } from './redis-failure.ts';
import { describeRedis, parseRedisUrl } from './redis-url.ts';

const TRY_EVERY_MS = 50;

/**
 * Resolves when the server answers PING (and has loaded its file).
 *
 * @throws DescentError QUEUE_UNREACHABLE after `timeoutMs` (default 10,000) or when the signal is aborted;
 *   QUEUE_UNSUITABLE at once when it refuses the password
 */
export async function waitUntilReady(
  url: string,
  options: { readonly timeoutMs?: number; readonly signal?: AbortSignal } = {},
): Promise<void> {
  const { timeoutMs = 10_000, signal } = options;
  const target = parseRedisUrl(url);
  const end = performance.now() + timeoutMs;
  for (;;) {
    const client = new Redis({
      ...target,
      lazyConnect: true,
      retryStrategy: null,
      connectTimeout: timeoutMs,
      commandTimeout: timeoutMs,
    });
    // `connect` rejects with "Connection is closed"; the reason is only in the event.
    let reason: Error | undefined;
    client.on('error', (error: Error) => {
      reason = error;
    });
    try {
      await client.connect();
      await client.ping();
      return;
    } catch (error) {
      const failure = redisFailure(describeRedis(target), reason ?? error);
      if (!failure.entry.retryable || performance.now() > end || signal?.aborted) throw failure;
    } finally {
      client.disconnect();
    }
    await delay(TRY_EVERY_MS);
  }
}
