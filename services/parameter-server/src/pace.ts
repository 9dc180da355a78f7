/** Measurements that count; the first few also warm a worker up. */
const kept = 4;
const enough = 2;
/** No time at all would make a worker infinitely fast. */
const shortestMs = 0.001;

/**
 * How long a worker takes for a unit: the shortest of its last few measurements. A pause of the machine makes one measurement long
 * and a slow worker all of them; only the second must change what the worker is given.
 */
export interface Pace {
  /** Milliseconds per unit; undefined while too little is known. */
  readonly unitMs: number | undefined;
  measured(unitMs: number): void;
}

export function createPace(): Pace {
  const last: number[] = [];
  return {
    get unitMs() {
      return last.length < enough ? undefined : Math.min(...last);
    },
    measured(unitMs) {
      last.push(Math.max(unitMs, shortestMs));
      if (last.length > kept) last.shift();
    },
  };
}
