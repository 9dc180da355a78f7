/**
 * Whose work an audit speaks for. A worker that computes wrong values goes on doing so until somebody looks, so a gradient that
 * was found right speaks for all that its worker gave before: only what came since can be wrong.
 */
export interface Vouching {
  /** A gradient of this worker is part of the update of this step, without a second one to compare it with. */
  contributed(worker: string, step: number): void;
  /** A gradient that this worker computed in this step was found right. */
  passed(worker: string, step: number): void;
  /** The first step that no audit speaks for; undefined: there is none. */
  since(worker: string): number | undefined;
  /** By worker, the first of the steps below `version` that no audit speaks for: what a checkpoint of it may be spoiled by. */
  below(version: number): ReadonlyMap<string, number>;
}

export function createVouching(restored: ReadonlyMap<string, number> = new Map()): Vouching {
  const open = new Map([...restored].map(([worker, since]) => [worker, { since, last: since }]));
  return {
    contributed(worker, step) {
      const since = open.get(worker)?.since ?? step;
      open.set(worker, { since, last: step });
    },
    passed(worker, step) {
      const { last = -1 } = open.get(worker) ?? {};
      // What else it gave in this very step may have come after.
      if (last >= step) open.set(worker, { since: step, last });
      else open.delete(worker);
    },
    since: (worker) => open.get(worker)?.since,
    below: (version) =>
      new Map(
        [...open].filter(([, { since }]) => since < version).map(([worker, { since }]) => [worker, since]),
      ),
  };
}
