import type { IncomingMessage } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { createPace } from './pace.ts';

/** So many refusals of one sender are answered in a second. */
const perSecond = 50;
const longestWaitMs = 10_000;

export interface Refusals {
  /**
   * Resolves when the refusal may be answered: at once for a sender that is over its limit now and then. One that goes on as
   * fast as it can waits for each answer, and most clients send nothing on a connection that they wait on: reading and
   * refusing 10,000 requests a second would take a whole processor. Beyond 500 that wait a request gets no answer, and as late: who
   * lost its connection at once would come back at once with another one.
   */
  await(sender: string, request: IncomingMessage): Promise<void>;
}

export function createRefusals(): Refusals {
  const pace = createPace(perSecond, 1);
  return {
    async await(sender, request) {
      const waitMs = pace.take(sender, longestWaitMs);
      await delay(waitMs ?? longestWaitMs, undefined, { ref: false });
      if (waitMs === null) request.destroy();
    },
  };
}
