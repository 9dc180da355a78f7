/**
 * How we use BullMQ. The queue delivers hints (docs/protocol.md, section 1): a lost or doubled one costs about a second,
 * so every choice here is for noticing trouble soon.
 */

/** A job whose process was killed is given out again after the lock plus one stalled check: 10 to 15 s. */
export const LOCK_MS = 10_000;
export const STALLED_CHECK_MS = 5_000;

/** Our ledger decides what is missing. A job is never failed for good because its workers keep dying. */
export const MAX_STALLED_COUNT = 1_000_000_000;

/** A blocked fetch ends after this long, so that a dead connection is noticed; BullMQ's own is 5 s. */
export const BLOCK_SECONDS = 2;

/** BullMQ waits 15 s after a failed fetch; a worker would stand idle that long after an outage of a second. */
export const FETCH_RETRY_MS = 500;

/**
 * A blocked fetch that is older hangs: ioredis re-sends a blocking command after a reconnect instead of rejecting it,
 * and a connection that is disconnected while it reconnects used to stay there for ever (taskforcesh/bullmq#4479,
 * #4585). BullMQ 6.7.0 with the times above recovered by itself in every outage we tried (killed for 0.3 to 9 s,
 * stopped for 9 s); the fault has come back in several versions, so there is a last net that does not rely on it.
 */
export const FETCH_HANGS_MS = 6_000;
export const WATCH_EVERY_MS = 1_000;

/** Time for a Worker that we replaced to report the jobs whose handlers have just ended. */
export const RETIRE_MS = 2_000;

/** A producer's command fails after this long: a route of the api must not hang with Redis. */
export const COMMAND_TIMEOUT_MS = 3_000;

/** Longest pause between two attempts to connect. */
export const RECONNECT_MS = 1_000;

/** BullMQ's largest priority. */
export const MAX_PRIORITY = 2 ** 21 - 1;

export const retryDelay = (attempt: number): number =>
  Math.min(50 * 2 ** Math.min(attempt, 10), RECONNECT_MS);
