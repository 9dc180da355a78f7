/**
 * Says that a job has something new; what it is stands in the database. Readers come with their own cursor and read
 * from there, so a slow one costs a row number, not a buffer, and a reconnected one is like any other.
 */
export interface Feeds {
  announce(jobId: string): void;
  /** Another process announced it; null: of any job something may have been. */
  hear(jobId: string | null): void;
  /**
   * Begins to listen. Subscribe before reading: what is announced in between is not lost.
   * `next` resolves at the first announcement since its last call (at once, if there was one), after `timeoutMs`, or
   * when the subscription or all feeds close.
   */
  subscribe(jobId: string): Subscription;
  readonly closed: boolean;
  /** Ends every wait: the service stops. */
  close(): void;
}

export interface Subscription {
  next(timeoutMs: number): Promise<'news' | 'timeout' | 'closed'>;
  close(): void;
}

interface Listener {
  pending: boolean;
  closed: boolean;
  wake: (() => void) | null;
}

/** @param tell the other processes */
export function createFeeds(tell: (jobId: string) => void = () => {}): Feeds {
  const listeners = new Map<string, Set<Listener>>();
  let closed = false;

  function hear(jobId: string | null): void {
    const readers = jobId === null ? [...listeners.values()] : [listeners.get(jobId) ?? []];
    for (const listener of readers.flatMap((set) => [...set])) {
      listener.pending = true;
      listener.wake?.();
    }
  }

  return {
    announce(jobId) {
      hear(jobId);
      tell(jobId);
    },
    hear,
    subscribe(jobId) {
      const listener: Listener = { pending: false, closed, wake: null };
      const readers = listeners.get(jobId) ?? new Set();
      listeners.set(jobId, readers.add(listener));
      return {
        async next(timeoutMs) {
          if (!listener.pending && !listener.closed) await wait(listener, timeoutMs);
          if (listener.closed) return 'closed';
          if (!listener.pending) return 'timeout';
          listener.pending = false;
          return 'news';
        },
        close() {
          listener.closed = true;
          readers.delete(listener);
          if (readers.size === 0 && listeners.get(jobId) === readers) listeners.delete(jobId);
          listener.wake?.();
        },
      };
    },
    get closed() {
      return closed;
    },
    close() {
      closed = true;
      for (const readers of listeners.values()) {
        for (const listener of readers) {
          listener.closed = true;
          listener.wake?.();
        }
      }
    },
  };
}

function wait(listener: Listener, timeoutMs: number): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      listener.wake = null;
      resolve();
    };
    const timer = setTimeout(done, timeoutMs);
    listener.wake = done;
  });
}
