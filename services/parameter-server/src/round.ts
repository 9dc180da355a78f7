/**
 * One round of work on one parameter version: the micro-batches of a training step, or the slices of an evaluation.
 *
 * A unit is open (nobody computes it), held (by one worker, or two when a slow one is repeated), or done. The round has
 * no clock and no I/O of its own: the caller performs what it decides, and a simulation can drive it.
 *
 *   open ──take──▶ held ──settle──▶ done
 *     ▲              │
 *     └──give back───┘   (worker left, lost, or its result was refused)
 */
export interface Unit {
  readonly index: number;
  /** Sample positions [start, end) in the order of the epoch, or of the validation split. */
  readonly start: number;
  readonly end: number;
}

interface Holding {
  readonly worker: string;
  readonly since: number;
}

interface UnitState {
  readonly unit: Unit;
  holders: Holding[];
  done: boolean;
  /** Workers whose result for this unit was refused as not finite; they are asked again only when nobody else is there. */
  readonly refusedFrom: Set<string>;
}

export interface Round {
  /** The open unit with the lowest index; units this worker spoiled before come last. */
  take(worker: string, now: number): Unit | undefined;
  /**
   * A unit that another worker has held for longer than `after`, to be computed a second time. At most two workers
   * hold one unit, and at most `mostRepeats` units are repeated at once.
   */
  repeat(worker: string, now: number, after: number): Unit | undefined;
  isDone(index: number): boolean;
  /** The unit is done; whoever else holds it computes in vain. */
  settle(worker: string, index: number): void;
  /** Gives a refused unit back and returns how often that has happened to it. */
  refuse(worker: string, index: number): number;
  /** A unit that the worker will not compute after all. */
  giveBackUnit(worker: string, index: number): void;
  /** All that the worker holds. */
  giveBack(worker: string): void;
}

/** Bounds the receive buffers that repeats need beyond one per micro-batch. */
export const mostRepeats = 2;

export function createRound(units: readonly Unit[]): Round {
  const states: UnitState[] = units.map((unit) => ({
    unit,
    holders: [],
    done: false,
    refusedFrom: new Set(),
  }));
  const spoiled = new Map<number, number>();

  const release = (state: UnitState, worker: string) => {
    state.holders = state.holders.filter((holding) => holding.worker !== worker);
  };

  return {
    take(worker, now) {
      const open = states.filter((state) => !state.done && state.holders.length === 0);
      const chosen = open.find((state) => !state.refusedFrom.has(worker)) ?? open[0];
      chosen?.holders.push({ worker, since: now });
      return chosen?.unit;
    },
    repeat(worker, now, after) {
      if (states.filter((state) => state.holders.length > 1).length >= mostRepeats) return undefined;
      const slow = states.find(
        (state) =>
          !state.done &&
          state.holders.length === 1 &&
          state.holders[0]!.worker !== worker &&
          now - state.holders[0]!.since > after,
      );
      slow?.holders.push({ worker, since: now });
      return slow?.unit;
    },
    isDone: (index) => states[index]?.done ?? false,
    settle(worker, index) {
      const state = states[index];
      if (state === undefined || state.done) return;
      release(state, worker);
      state.done = true;
    },
    refuse(worker, index) {
      const state = states[index];
      if (state === undefined) return 0;
      release(state, worker);
      state.refusedFrom.add(worker);
      const times = (spoiled.get(index) ?? 0) + 1;
      spoiled.set(index, times);
      return times;
    },
    giveBackUnit(worker, index) {
      const state = states[index];
      if (state !== undefined) release(state, worker);
    },
    giveBack(worker) {
      for (const state of states) release(state, worker);
    },
  };
}
