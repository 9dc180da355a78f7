export interface BackOff {
  /** Time to wait before attempt number `attempt`, counted from 1. */
  readonly firstMs: number;
  readonly longestMs: number;
  /** Connections in a row that brought nothing, before giving up. */
  readonly attempts: number;
}

export const defaultBackOff: BackOff = { firstMs: 250, longestMs: 10_000, attempts: 12 };

/** Doubles up to the longest, with the upper half drawn by `random`, so that clients do not return all at once. */
export function delayBefore(attempt: number, backOff: BackOff, random: number): number {
  const full = Math.min(backOff.firstMs * 2 ** (attempt - 1), backOff.longestMs);
  return full / 2 + (full / 2) * random;
}

/** Resolves after `ms`, or rejects at once with the reason of the signal. */
export function wait(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(signal.reason);
      return;
    }
    const stop = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop);
      resolve();
    }, ms);
    signal?.addEventListener('abort', stop, { once: true });
  });
}
