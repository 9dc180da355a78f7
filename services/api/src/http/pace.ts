export interface Pace {
  /**
   * Milliseconds until the next of `who` may go, whose place is taken with that; null, and nothing taken, when that would be more
   * than `mostMs`.
   */
  take(who: string, mostMs?: number): number | null;
}

/** As many as `burst` go at once after a rest, the others one after the other, `perSecond` in a second (generic cell rate algorithm). */
export function createPace(perSecond: number, burst: number): Pace {
  const intervalMs = 1000 / perSecond;
  const leadMs = (burst - 1) * intervalMs;
  /** When a sender will have rested as if it had sent nothing; milliseconds of the process. */
  const restedMs = new Map<string, number>();
  return {
    take(who, mostMs = Number.POSITIVE_INFINITY) {
      const nowMs = performance.now();
      if (restedMs.size > 1000) {
        for (const [one, atMs] of restedMs) if (atMs < nowMs) restedMs.delete(one);
      }
      const atMs = Math.max(nowMs, restedMs.get(who) ?? 0);
      const waitMs = Math.max(0, atMs - nowMs - leadMs);
      if (waitMs > mostMs) return null;
      restedMs.set(who, atMs + intervalMs);
      return waitMs;
    },
  };
}
