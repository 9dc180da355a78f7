import type { TrainingQueuePayload } from '@descent/contracts';
import { DescentError } from '@descent/errors';
import type { QueuedState } from '@descent/queue';
import type { TrainingQueue } from '../context.ts';

/** The `training` queue in memory, as the dispatcher sees it. */
export interface FakeQueue extends TrainingQueue {
  readonly items: Map<string, { payload: TrainingQueuePayload; state: QueuedState }>;
  reachable: boolean;
  ping(): Promise<void>;
}

export function createFakeQueue(): FakeQueue {
  const items: FakeQueue['items'] = new Map();
  const queue: FakeQueue = {
    items,
    reachable: true,
    async add(id, payload) {
      await queue.ping();
      if (!items.has(id)) items.set(id, { payload, state: 'waiting' });
    },
    async has(ids) {
      await queue.ping();
      return new Map(
        ids.flatMap((id) => [...items].filter(([key]) => key === id).map(([, { state }]) => [id, state])),
      );
    },
    async remove(ids) {
      await queue.ping();
      const waiting = ids.filter((id) => items.get(id)?.state === 'waiting');
      for (const id of waiting) items.delete(id);
      return waiting.length;
    },
    async ping() {
      if (!queue.reachable) throw new DescentError('UNAVAILABLE', { part: 'The queue' });
    },
  };
  return queue;
}
