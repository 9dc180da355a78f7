/** What a part of the stack is; fixed for the life of the stack. Every part is one process. */
export interface PartPlan {
  readonly name: string;
  /** Parts that must be running before it is started for the first time. */
  readonly needs: readonly string[];
  /** The lowest rank is stopped first; parts of one rank are stopped together. */
  readonly stopRank: number;
  /** From SIGTERM to SIGKILL. */
  readonly stopWithinMs: number;
  /** From the start of its process until it must have said that it is ready. */
  readonly readyWithinMs: number;
}

/**
 *   waiting      no process yet: what it needs is not running      → starting
 *   starting     has a process that is not ready yet               → running, backing-off, stopping
 *   running      its process said that it is ready                 → backing-off, stopping
 *   backing-off  its process ended; the next one comes in a moment → starting, stopped
 *   stopping     its process was told to end, or said that it ends → stopped
 *   stopped      no process, and none comes
 */
export type PartState =
  | { readonly phase: 'waiting' }
  | { readonly phase: 'starting' }
  | { readonly phase: 'running'; readonly sinceMs: number }
  | { readonly phase: 'backing-off' }
  | { readonly phase: 'stopping' }
  | { readonly phase: 'stopped' };

export interface Part {
  readonly plan: PartPlan;
  readonly state: PartState;
  /** Processes started so far. */
  readonly starts: number;
  /** Processes in a row that ended without having run well. */
  readonly failures: number;
}

/**
 *   starting  until every part has been running at the same time once; a part that keeps failing ends the stack
 *   up        a part that ends is started again, for ever, unless it had said that it leaves
 *   stopping  parts are stopped rank by rank
 *   stopped   no process is left
 */
export interface StackState {
  readonly phase: 'starting' | 'up' | 'stopping' | 'stopped';
  readonly parts: readonly Part[];
  /** Why the stack could not start, if that is why it stops. */
  readonly failure: StackFailure | null;
}

export type StackFailure = { readonly part: string; readonly problem: string };

/** Times are monotonic milliseconds. */
export type StackEvent =
  | { readonly type: 'begin' }
  | { readonly type: 'ready'; readonly name: string; readonly atMs: number }
  | { readonly type: 'exited'; readonly name: string; readonly atMs: number; readonly problem: string }
  /** Its process ends because somebody wanted that, and is not to be started again. */
  | { readonly type: 'left'; readonly name: string; readonly reason: string }
  /** The timer of a part ran out. */
  | { readonly type: 'due'; readonly name: string }
  | { readonly type: 'stop' }
  /** Stop without waiting for anybody. */
  | { readonly type: 'force' };

export type Effect =
  | { readonly type: 'spawn'; readonly name: string; readonly start: number }
  | { readonly type: 'signal'; readonly name: string; readonly signal: 'SIGTERM' | 'SIGKILL' }
  /** Sets the one timer of a part; null clears it. */
  | { readonly type: 'timer'; readonly name: string; readonly afterMs: number | null }
  | { readonly type: 'tell'; readonly text: string }
  | { readonly type: 'up' }
  | { readonly type: 'finished'; readonly failure: StackFailure | null };

export function createStackState(plans: readonly PartPlan[]): StackState {
  const parts = plans.map((plan): Part => ({ plan, state: { phase: 'waiting' }, starts: 0, failures: 0 }));
  return { phase: 'starting', parts, failure: null };
}
