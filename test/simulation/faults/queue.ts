import { DescentError } from '@descent/errors';
import type { QueuedState } from '@descent/queue';
import type { Random } from '../../../packages/testkit/src/random.ts';
import type { Process, VirtualTime } from './virtual-time.ts';

/** A job of a consumer that died is given out again after this long. */
const stalledMs = 15_000;

interface Item<Payload> {
  readonly id: string;
  readonly payload: Payload;
  state: QueuedState;
  takenBy: Process | undefined;
}

interface Consumer<Payload> {
  readonly process: Process;
  readonly concurrency: number;
  readonly handler: (payload: Payload) => Promise<void>;
  active: number;
}

/** A queue that delivers at least once, in any order, and may be away, lose everything, or deliver twice. */
export interface SimulatedQueue<Payload> {
  isUp: boolean;
  /** Share of deliveries that are made twice. */
  duplicate: number;
  readonly size: number;
  /** @throws DescentError QUEUE_UNREACHABLE */
  add(id: string, payload: Payload): void;
  states(): ReadonlyMap<string, QueuedState>;
  remove(id: string): void;
  loseEverything(): void;
  consume(consumer: Omit<Consumer<Payload>, 'active'>): void;
  consumerDied(process: Process): void;
  deliver(): void;
}

export function createQueue<Payload>(time: VirtualTime, random: Random): SimulatedQueue<Payload> {
  const items = new Map<string, Item<Payload>>();
  const consumers: Consumer<Payload>[] = [];
  const requireUp = () => {
    if (!queue.isUp)
      throw new DescentError('QUEUE_UNREACHABLE', { server: 'simulated', problem: 'it is away' });
  };

  const hand = (consumer: Consumer<Payload>, item: Item<Payload>): void => {
    consumer.active++;
    item.takenBy = consumer.process;
    time.after(random.between(0.2, 2), consumer.process, () => {
      void consumer.handler(item.payload).finally(() => {
        consumer.active--;
        if (items.get(item.id) === item) items.delete(item.id);
        time.after(0, undefined, queue.deliver);
      });
    });
  };

  const queue: SimulatedQueue<Payload> = {
    isUp: true,
    duplicate: 0,
    get size() {
      return items.size;
    },
    add(id, payload) {
      requireUp();
      if (!items.has(id)) items.set(id, { id, payload, state: 'waiting', takenBy: undefined });
      time.after(0, undefined, queue.deliver);
    },
    states() {
      requireUp();
      return new Map([...items].map(([id, { state }]) => [id, state]));
    },
    remove(id) {
      requireUp();
      if (items.get(id)?.state === 'waiting') items.delete(id);
    },
    loseEverything: () => items.clear(),
    consume: (consumer) => void consumers.push({ ...consumer, active: 0 }),
    consumerDied(process) {
      const index = consumers.findIndex((consumer) => consumer.process === process);
      if (index >= 0) consumers.splice(index, 1);
      for (const item of items.values()) {
        if (item.takenBy !== process) continue;
        time.after(stalledMs, undefined, () => {
          if (items.get(item.id) === item && item.takenBy === process) item.state = 'waiting';
        });
      }
    },
    deliver() {
      if (!queue.isUp) return;
      for (;;) {
        const waiting = [...items.values()].filter(({ state }) => state === 'waiting');
        const free = consumers.filter(
          ({ active, concurrency, process }) => active < concurrency && process.state === 'running',
        );
        if (waiting.length === 0 || free.length === 0) return;
        const item = random.pick(waiting);
        const copies = random.chance(queue.duplicate) ? 2 : 1;
        item.state = 'active';
        for (let copy = 0; copy < copies; copy++) {
          const consumer = random.pick(free);
          if (consumer.active < consumer.concurrency) hand(consumer, item);
        }
      }
    },
  };
  return queue;
}
