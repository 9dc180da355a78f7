import type { GradientQueuePayload } from '@descent/contracts';
import { isDescentError } from '@descent/errors';
import type { JobQueue } from '@descent/queue';
import type { WorkerApi } from './worker-api.ts';

/** Where gradient jobs come from, one at a time. */
export interface WorkSource {
  pause(): void;
  resume(): void;
  /** Takes none any more; waits for the one that is served. */
  close(): Promise<void>;
}

type Serve = (job: GradientQueuePayload) => Promise<void>;
const graceMs = 5_000;
/** After an answer without work that came at once, and after a failure. */
const restMs = 1_000;

export function fromQueue(queue: Pick<JobQueue<GradientQueuePayload>, 'consume'>, serve: Serve): WorkSource {
  const consumer = queue.consume(serve);
  return {
    pause: () => consumer.pause(),
    resume: () => consumer.resume(),
    close: () => consumer.close({ graceMs }),
  };
}

/** For a worker that cannot reach the queue: the api takes them off it. */
export function fromApi(
  api: Pick<WorkerApi, 'next'>,
  id: () => string,
  serve: Serve,
  onProblem: (error: unknown) => void,
): WorkSource {
  const closing = new AbortController();
  let paused = false;
  let wake = () => {};
  const rest = (ms: number) =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });

  const loop = async (): Promise<void> => {
    while (!closing.signal.aborted) {
      if (paused) {
        await rest(restMs);
        continue;
      }
      const asked = performance.now();
      try {
        const job = await api.next(id(), closing.signal);
        if (job !== null) await serve(job);
        else if (performance.now() - asked < restMs) await rest(restMs);
      } catch (error) {
        if (closing.signal.aborted) return;
        // Heartbeats say when it may not come back.
        if (!isDescentError(error, 'UNAVAILABLE')) onProblem(error);
        await rest(restMs);
      }
    }
  };
  const done = loop();

  return {
    pause() {
      paused = true;
    },
    resume() {
      paused = false;
      wake();
    },
    async close() {
      closing.abort();
      wake();
      await Promise.race([done, new Promise((resolve) => setTimeout(resolve, graceMs).unref())]);
    },
  };
}
