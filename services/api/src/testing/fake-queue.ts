import type { GradientQueuePayload, TrainingQueuePayload } from '@descent/contracts';
import { DescentError } from '@descent/errors';
import type { QueuedState, QueueHandler } from '@descent/queue';
import type { GradientSource, TrainingQueue } from '../context.ts';

/** The `training` queue in memory, as the dispatcher sees it. */
export interface FakeQueue extends TrainingQueue {
  /** Gives a gradient job to whoever comes to consume those of this team, or of everybody (null); resolves when it is over. */
  give(job: GradientQueuePayload, team: string | null): Promise<void>;
  gradients: GradientSource;
  readonly consumers: ReadonlyMap<string | null, unknown>;
  readonly items: Map<string, { payload: TrainingQueuePayload; state: QueuedState }>;
  reachable: boolean;
  ping(): Promise<void>;
}

export function createFakeQueue(): FakeQueue {
  const items: FakeQueue['items'] = new Map();
  const consumers = new Map<string | null, QueueHandler<GradientQueuePayload>>();
  const queue: FakeQueue = {
    items,
    consumers,
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
    async give(job, team) {
      while (!consumers.has(team)) await new Promise(setImmediate);
      await consumers.get(team)!(job, { id: '', signal: new AbortController().signal });
    },
    gradients: (team) => ({
      consume(handler) {
        consumers.set(team, handler);
        return {
          active: 0,
          pause() {},
          resume() {},
          async close() {
            consumers.delete(team);
          },
        };
      },
    }),
    async ping() {
      if (!queue.reachable) throw new DescentError('UNAVAILABLE', { part: 'The queue' });
    },
  };
  return queue;
}
