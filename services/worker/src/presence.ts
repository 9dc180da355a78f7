import type { WorkerBeat, WorkerJoin, WorkerJoined, WorkerOrder } from '@descent/contracts';
import { isDescentError } from '@descent/errors';
import type { WorkerApi } from './worker-api.ts';

const beatMs = 2_000;
const retryMs = 1_000;
/** The api forgets who was silent for ten minutes; a worker that beat more recently and is unknown was removed. */
const forgottenMs = 5 * 60_000;

/** Keeps the api informed of a worker, and the worker of what is wanted of it. Both sides survive each other's outages. */
export interface Presence {
  readonly joined: WorkerJoined;
  stop(): void;
}

export interface PresenceOptions {
  readonly api: WorkerApi;
  readonly facts: WorkerJoin;
  current(): WorkerBeat;
  onOrder(wanted: WorkerOrder['wanted']): void;
  /** It may not come back: it was removed, or its token is not valid any more. */
  onDismissed(reason: string): void;
  onProblem(error: unknown): void;
}

/**
 * Resolves when the api has let the worker in; while it cannot be reached it is asked again.
 * @throws DescentError what the api refuses with
 */
export async function announcePresence(options: PresenceOptions): Promise<Presence> {
  const { api, facts } = options;
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;

  const join = async (): Promise<WorkerJoined> => {
    for (;;) {
      try {
        return await api.join(facts);
      } catch (error) {
        if (isDescentError(error) && !error.entry.retryable) throw error;
        options.onProblem(error);
        await new Promise((resolve) => setTimeout(resolve, retryMs));
      }
    }
  };

  let joined = await join();
  let heardAt = performance.now();

  const beat = async (): Promise<void> => {
    try {
      const { wanted } = await api.beat(joined.id, options.current());
      heardAt = performance.now();
      if (!stopped) options.onOrder(wanted);
    } catch (error) {
      if (stopped) return;
      if (isDescentError(error, 'UNAUTHENTICATED')) return dismiss('its token is not valid any more');
      if (!isDescentError(error, 'WORKER_NOT_FOUND')) return;
      if (performance.now() - heardAt < forgottenMs) return dismiss('it was removed');
      joined = await join();
    }
  };
  const dismiss = (reason: string) => {
    stopped = true;
    options.onDismissed(reason);
  };
  const loop = async (): Promise<void> => {
    await beat().catch(options.onProblem);
    if (!stopped) timer = setTimeout(loop, beatMs);
  };
  timer = setTimeout(loop, beatMs);

  return {
    get joined() {
      return joined;
    },
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}
