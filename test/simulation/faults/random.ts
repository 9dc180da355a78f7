import { createRandom as createStream } from '../../../packages/scheduling/src/simulation/event-queue.fixture.ts';

/** A stream of numbers that follows from its seed. */
export interface Random {
  /** From [0, 1). */
  next(): number;
  /** A whole number from [low, high]. */
  integer(low: number, high: number): number;
  between(low: number, high: number): number;
  chance(probability: number): boolean;
  pick<Value>(values: readonly Value[]): Value;
}

export function createRandom(seed: number): Random {
  const next = createStream(seed);
  const integer = (low: number, high: number) => low + Math.floor(next() * (high - low + 1));
  return {
    next,
    integer,
    between: (low, high) => low + next() * (high - low),
    chance: (probability) => next() < probability,
    pick: (values) => values[integer(0, values.length - 1)]!,
  };
}
