import type { IncomingMessage } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';

/** So many refusals of one sender are answered in a second. */
const perSecond = 50;
const longestWaitMs = 10_000;

export interface Refusals {
  /**
   * Resolves when the refusal may be answered: at once for a sender that is over its limit now and then. One that goes on as
   * fast as it can waits for each answer, and most clients send nothing on a connection that they wait on: reading and
   * refusing 10,000 requests a second would take a whole processor. Who lets more than 500 wait loses the connection.
   */
  await(sender: string, request: IncomingMessage): Promise<void>;
}

export function createRefusals(): Refusals {
  /** When the next refusal of a sender may be answered; milliseconds of the process. */
  const nextMs = new Map<string, number>();
  return {
    async await(sender, request) {
      const nowMs = performance.now();
      if (nextMs.size > 1000) {
        for (const [one, atMs] of nextMs) if (atMs < nowMs) nextMs.delete(one);
      }
      const atMs = Math.max(nowMs, nextMs.get(sender) ?? 0);
      if (atMs - nowMs > longestWaitMs) {
        request.destroy();
        return;
      }
      nextMs.set(sender, atMs + 1000 / perSecond);
      await delay(atMs - nowMs, undefined, { ref: false });
    },
  };
}
