import { setImmediate as turnOfTheLoop } from 'node:timers/promises';
import type { Pace } from '@descent/scheduling';

export interface Turns {
  readonly run: Pace;
  /** For one question: the same, and what it has cost. */
  measured(): { readonly run: Pace; readonly cost: Readonly<Cost> };
}

export interface Cost {
  /** That it kept the event loop, of what has come to its end. */
  busyMs: number;
  underWay: number;
}

/**
 * Runs what takes long on the event loop without keeping it from others: one at a time, and after `turnMs` everything else that
 * has come up goes first.
 */
export function createTurns(turnMs: number, clock: () => number = () => performance.now()): Turns {
  let before: Promise<unknown> = Promise.resolve();

  async function play<Result>(steps: Generator<void, Result>, cost: Cost): Promise<Result> {
    for (;;) {
      const began = clock();
      do {
        const { done, value } = steps.next();
        if (!done) continue;
        cost.busyMs += clock() - began;
        return value;
      } while (clock() - began < turnMs);
      cost.busyMs += clock() - began;
      await turnOfTheLoop();
    }
  }

  const measured = () => {
    const cost: Cost = { busyMs: 0, underWay: 0 };
    const run: Pace = (steps) => {
      cost.underWay++;
      const result = before.then(() => play(steps, cost)).finally(() => cost.underWay--);
      before = result.catch(() => {});
      return result;
    };
    return { run, cost };
  };
  return { run: measured().run, measured };
}
