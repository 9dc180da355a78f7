import type { EventQueue } from '../../../packages/scheduling/src/simulation/event-queue.fixture.ts';

/** Something that does one thing at a time, in the order of the requests: a network card's direction, a thread. */
export interface Serial {
  /** Of all it has taken on so far. */
  readonly busyMs: number;
  /** Calls back when it has been busy with this for so long. */
  take(ms: number, done: () => void): void;
}

export function createSerial(events: EventQueue): Serial {
  let freeAt = 0;
  let busyMs = 0;
  return {
    get busyMs() {
      return busyMs;
    },
    take(ms, done) {
      freeAt = Math.max(freeAt, events.nowMs) + ms;
      busyMs += ms;
      events.at(freeAt, done);
    },
  };
}

/** One direction of a star of links: all messages pass the server's card, one after the other. */
export interface Direction {
  readonly busyMs: number;
  /** `arrived` is called when the last byte is there. */
  send(bytes: number, arrived: () => void): void;
}

export interface LinkRates {
  /** Of the server's card, each direction. */
  readonly bytesPerMs: number;
  readonly latencyMs: number;
}

export function createDirection(events: EventQueue, { bytesPerMs, latencyMs }: LinkRates): Direction {
  const card = createSerial(events);
  return {
    get busyMs() {
      return card.busyMs;
    },
    send(bytes, arrived) {
      card.take(bytes / bytesPerMs, () => events.at(events.nowMs + latencyMs, arrived));
    },
  };
}
