import type { QueueLogger } from './logger.ts';
import type { RedisLink } from './redis-link.ts';

/** Short texts that every process on this queue hears, at most once: whoever misses one must find it elsewhere. */
export interface NewsChannel {
  /** Never waits and never fails; while the queue is away nobody hears. */
  publish(text: string): void;
  /** @param hear is given null after an outage: something may have been missed */
  subscribe(hear: (text: string | null) => void): void;
  close(): void;
}

export function openNews(prefix: string, link: RedisLink, logger: QueueLogger): NewsChannel {
  const channel = `${prefix}:news`;
  let stop = () => {};
  return {
    publish(text) {
      if (link.isUp) link.client.publish(channel, text).catch(() => undefined);
    },
    subscribe(hear) {
      // A connection that listens can do nothing else; it comes back, and listens again, by itself.
      const listener = link.client.duplicate({ maxRetriesPerRequest: null, enableOfflineQueue: true });
      let wasReady = false;
      listener.on('error', () => undefined);
      listener.on('ready', () => {
        if (wasReady) hear(null);
        wasReady = true;
      });
      listener.on('message', (_channel, text) => hear(text));
      const failed = (error: Error) =>
        logger.warn({ problem: error.message }, `no news from other processes: ${error.message}`);
      listener.connect().catch(() => undefined);
      listener.subscribe(channel).catch(failed);
      stop = () => listener.disconnect();
    },
    close: () => stop(),
  };
}
