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
  /**
   * Many readers ask for the same when a job has something new: those who ask while the first is being answered get its
   * answer, unless something was announced since it asked.
   */
  share<Answer>(jobId: string, question: string, ask: () => Promise<Answer>): Promise<Answer>;
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
  const asked = new Map<string, Map<string, Promise<unknown>>>();
  let closed = false;

  function hear(jobId: string | null): void {
    if (jobId === null) asked.clear();
    else asked.delete(jobId);
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
    share<Answer>(jobId: string, question: string, ask: () => Promise<Answer>) {
      const ofJob = asked.get(jobId) ?? new Map<string, Promise<unknown>>();
      asked.set(jobId, ofJob);
      const known = ofJob.get(question);
      if (known !== undefined) return known as Promise<Answer>;
      const answer = ask().finally(() => {
        ofJob.delete(question);
        if (ofJob.size === 0 && asked.get(jobId) === ofJob) asked.delete(jobId);
      });
      ofJob.set(question, answer);
      return answer;
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
