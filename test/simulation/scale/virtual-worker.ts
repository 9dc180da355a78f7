import type { EventQueue } from '../../../packages/scheduling/src/simulation/event-queue.fixture.ts';
import type { Held, Wire, WorkerLink } from '../../../services/parameter-server/src/worker-link.ts';
import { createWorkerLink } from '../../../services/parameter-server/src/worker-link.ts';
import type { Direction } from './virtual-link.ts';

/** Frames without tensors are this large. */
const frameBytes = 100;

export interface VirtualWorkerOptions {
  readonly name: string;
  readonly events: EventQueue;
  readonly down: Direction;
  readonly up: Direction;
  /** Of a version, and of a gradient. */
  readonly downBytes: number;
  readonly upBytes: number;
  /** Of the next assignment of so many micro-batches. */
  computeMs(microBatches: number): number;
  /** Its result has crossed the link. */
  answered(held: Held): void;
  /** Its gradient job is over. */
  released(): void;
}

/**
 * A worker as its training job sees it. It computes one assignment after the other, in the order in which they arrive, while
 * what it has computed is on its way, as the real one does (services/worker/src/gradient-agent.ts).
 */
export function createVirtualWorker(options: VirtualWorkerOptions): WorkerLink {
  const { name, events, down, up, downBytes, upBytes, computeMs, answered, released } = options;
  let tasks: Held[] = [];
  let isComputing = false;

  const compute = () => {
    const [held] = tasks;
    if (isComputing || held === undefined) return;
    isComputing = true;
    events.at(events.nowMs + computeMs(held.node.count), () => {
      isComputing = false;
      tasks = tasks.filter((one) => one !== held);
      const bytes = held.kind === 'train' ? upBytes : frameBytes;
      up.send(bytes, () => answered(held));
      compute();
    });
  };

  const wire: Wire = {
    parameters(_version, _buffer, onSent) {
      down.send(downBytes, onSent);
    },
    assign(held) {
      down.send(frameBytes, () => {
        tasks.push(held);
        compute();
      });
    },
    accepted: () => down.send(frameBytes, () => {}),
    recalled({ assignment }) {
      down.send(frameBytes, () => {
        tasks = tasks.filter((one, index) => one.assignment !== assignment || (index === 0 && isComputing));
      });
    },
    refused: () => {},
    released: () => down.send(frameBytes, released),
  };
  return createWorkerLink(name, wire, { holds: 2, ready: true });
}
