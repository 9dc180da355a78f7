/** A worker as the plan sees it. */
export interface Member {
  /** Milliseconds per unit, measured or what is usual. */
  readonly unitMs: number;
  /** Units that it holds. */
  readonly held: number;
}

/** A share that is nearly the next whole number counts as it: two equal workers must not split one half because one was 5 % faster. */
const nearlyWhole = 1 / 3;

/**
 * How many of the `open` units `member` should get now; 0: the `others` will be done with all of them sooner.
 *
 * It is its share by speed of all that is left, less what it holds, so that all end at the same time. When that is less than one unit, it gets one if it ends with it no
 * later than the others would with everything: list scheduling that waits for a faster worker (earliest completion time; Ibarra & Kim,
 * "Heuristic algorithms for scheduling independent tasks on nonidentical processors", 1977).
 */
export function unitsFor(open: number, member: Member, others: readonly Member[]): number {
  if (open === 0) return 0;
  const speed = (one: Member) => 1 / one.unitMs;
  const othersSpeed = others.reduce((sum, one) => sum + speed(one), 0);
  const othersHeld = others.reduce((sum, one) => sum + one.held, 0);
  const all = open + member.held + othersHeld;
  const share = (all * speed(member)) / (speed(member) + othersSpeed) - member.held + nearlyWhole;
  if (share >= 1) return Math.min(open, Math.floor(share));
  const own = (member.held + 1) * member.unitMs;
  const together = (othersHeld + open) / othersSpeed;
  const soonest = Math.min(...others.map((one) => (one.held + 1) * one.unitMs));
  return own <= 1.1 * Math.max(together, soonest) ? 1 : 0;
}

/**
 * Whether an idle worker should compute a second time what another one holds: it would be done in less than half the time that is
 * left for the other.
 *
 * @param leftMs expected until the holder's result is there
 * @param ownMs expected for the idle worker
 */
export function worthRepeating(leftMs: number, ownMs: number): boolean {
  return leftMs > 2 * ownMs + 10;
}

/**
 * Milliseconds until a worker is done with its first assignment. One that takes much longer than usual is taken to need as long again.
 *
 * @param expectedMs for the whole assignment
 * @param elapsedMs since it began
 */
export function timeLeft(expectedMs: number, elapsedMs: number): number {
  const isStuck = elapsedMs > 2.5 * expectedMs + 25;
  return isStuck ? elapsedMs : Math.max(0, expectedMs - elapsedMs);
}
