/** Events in order of their times; those of one time in order of arrival. */
export interface EventQueue {
  readonly nowMs: number;
  at(ms: number, run: () => void): void;
  /** Runs everything up to and including this time, or until `done`. */
  runUntil(ms: number, done?: () => boolean): void;
}

interface Scheduled {
  readonly ms: number;
  readonly run: () => void;
}

export function createEventQueue(): EventQueue {
  const events: Scheduled[] = [];
  let nowMs = 0;
  return {
    get nowMs() {
      return nowMs;
    },
    at(ms, run) {
      let low = 0;
      let high = events.length;
      while (low < high) {
        const middle = (low + high) >>> 1;
        if (events[middle]!.ms > ms) low = middle + 1;
        else high = middle;
      }
      // Latest first, so that the next one is popped; an equal one goes before those that came earlier.
      events.splice(low, 0, { ms, run });
    },
    runUntil(ms, done = () => false) {
      for (let next = events.at(-1); next !== undefined && next.ms <= ms; next = events.at(-1)) {
        if (done()) return;
        events.pop();
        nowMs = next.ms;
        next.run();
      }
      nowMs = ms;
    },
  };
}

/** Uniform in [0, 1), from a seed (mulberry32). */
export function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
