/** A worker as the plan sees it. */
export interface Member {
  /** Milliseconds per unit, measured or what is usual. */
  readonly unitMs: number;
  /** Units that it holds. */
  readonly held: number;
}

/** What all members have together; kept up to date while units are handed out, so that a plan is made without looking at everybody. */
export interface Crowd {
  readonly members: number;
  /** Units per millisecond. */
  readonly speed: number;
  readonly held: number;
  /** The shortest time per unit. */
  readonly fastestMs: number;
}

/** A share that is nearly the next whole number counts as it: of two equal workers, one must not get less because the other was 5 % faster. */
const nearlyWhole = 1 / 3;
/** Workers whose times differ by less are equal: what is measured holds waits for the network and for other processes. */
const equalWithin = 1.25;

/**
 * Milliseconds per unit to plan with. Workers that are nearly as fast as the fastest share alike: nodes are powers of two, so a share of
 * 3.9 of 8 units would become a node of 2, and four pieces with as many transfers where two would do.
 */
export function paceInCrowd(unitMs: number, fastestMs: number): number {
  return unitMs <= equalWithin * fastestMs ? fastestMs : unitMs;
}

/**
 * How many of the `open` units `member` should get now; 0: the others will be done with all of them sooner.
 *
 * It is its share by speed of all that is left, less what it holds, so that all end at the same time. When that is less than one
 * unit, it gets one if it ends with it no later than the others would with everything: list scheduling that waits for a faster
 * worker (earliest completion time; Ibarra & Kim, "Heuristic algorithms for scheduling independent tasks on nonidentical
 * processors", 1977). A worker that holds nothing and is about as fast as any gets one without more ado.
 */
export function unitsFor(open: number, member: Member, crowd: Crowd): number {
  if (open === 0) return 0;
  const speed = 1 / member.unitMs;
  const share = ((open + crowd.held) * speed) / crowd.speed - member.held + nearlyWhole;
  if (share >= 1 || crowd.members === 1) return Math.max(1, Math.min(open, Math.floor(share)));
  if (member.held === 0 && member.unitMs <= equalWithin * crowd.fastestMs) return 1;
  const own = (member.held + 1) * member.unitMs;
  const together = (crowd.held - member.held + open) / (crowd.speed - speed);
  // Units are whole: nobody is done in the middle of one.
  const others = Math.ceil(together / crowd.fastestMs - nearlyWhole) * crowd.fastestMs;
  return own <= 1.1 * others ? 1 : 0;
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
