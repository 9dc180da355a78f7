import { isDescentError } from '@descent/errors';
import type { ParameterLayout } from '@descent/models';
import { encodeCheckpoint, encodeWeights } from './checkpoint.ts';
import type { Reporter } from './reporter.ts';
import type { Evaluation, StartPoint, TrainingState } from './training-state.ts';
import type { Truth } from './truth.ts';

const retryMs = 1_000;

export interface CheckpointWriterOptions {
  readonly truth: Truth;
  readonly jobId: string;
  readonly incarnation: number;
  readonly layout: ParameterLayout;
  readonly graphHash: string;
  readonly state: TrainingState;
  /** Whose work no audit speaks for in the version. */
  unvouched?(version: number): StartPoint['unvouched'];
  readonly reporter: Reporter;
  /** Aborted when the job is fenced off. */
  readonly signal: AbortSignal;
}

/**
 * Writes checkpoints behind the training: a copy of the state is taken at once, the rest happens in the background. One
 * that cannot be stored (disk full, write error, api away) is tried again until it is, or until a later one waits.
 */
export interface CheckpointWriter {
  /** Of the current version. While one is being written the next waits; a later one takes its place. */
  write(evaluated: Evaluation | undefined): void;
  /** Tries what is left to be written once more and resolves when nothing is being written. Called at the end. */
  idle(): Promise<void>;
  /** Stores the weights of the current version, however long the api is away. Returns their hash. */
  weights(): Promise<string>;
}

export function createCheckpointWriter(options: CheckpointWriterOptions): CheckpointWriter {
  const { truth, jobId, incarnation, layout, graphHash, state, reporter, signal } = options;
  let writing: Promise<void> | undefined;
  let waiting: (() => Promise<void>) | undefined;
  let newest = state.version;
  let failing = false;
  let leaving = false;
  const wake = new AbortController();

  /** Says it once, and once more when it is over. */
  const alarm = (step: number, error: unknown) => {
    if (failing) return;
    failing = true;
    const why = error instanceof Error ? error.message : String(error);
    const code = isDescentError(error) ? error.code : 'INTERNAL';
    // An api that does not answer at all is being restarted, or its own supervisor says more than we can.
    const isAway = isDescentError(error, 'UNAVAILABLE') && error.details.status === undefined;
    const kept = 'Training goes on; the last good checkpoint stays';
    reporter.event(
      isAway ? 'log' : 'alarm',
      `The checkpoint at step ${step} could not be stored: ${why}. ${kept}`,
      { step, code },
    );
  };

  const store = async (step: number, file: Uint8Array) => {
    while (!signal.aborted) {
      try {
        // Who restores this checkpoint never computes the steps before it again: their points must be safe by then.
        await reporter.delivered();
        const { hash } = await truth.putCheckpoint(jobId, incarnation, step, file);
        failing = false;
        reporter.event('checkpoint', `Checkpoint at step ${step}`, { step, hash, bytes: file.byteLength });
        return;
      } catch (error) {
        alarm(step, error);
        // At the end of a job, or when it is handed back, nobody waits for a disk to have room again.
        if (leaving || waiting !== undefined || !isDescentError(error) || !error.entry.retryable) return;
        await sleep(retryMs, AbortSignal.any([signal, wake.signal])).catch(() => {});
      }
    }
  };

  const run = (task: () => Promise<void>): Promise<void> => {
    writing = task().then(() => {
      writing = undefined;
      const next = waiting;
      waiting = undefined;
      if (next !== undefined) return run(next);
    });
    return writing;
  };

  return {
    write(evaluated) {
      if (state.version === newest) return;
      newest = state.version;
      const unvouched = options.unvouched?.(state.version);
      const snapshot = { ...state.snapshot(), evaluated, unvouched };
      const task = () => store(snapshot.version, encodeCheckpoint(layout, graphHash, snapshot));
      if (writing === undefined) void run(task);
      else waiting = task;
    },
    async idle() {
      leaving = true;
      wake.abort();
      while (writing !== undefined) await writing;
    },
    async weights() {
      const file = encodeWeights(layout, state.snapshot().parameters);
      for (;;) {
        signal.throwIfAborted();
        try {
          return (await truth.putWeights(jobId, incarnation, file)).hash;
        } catch (error) {
          if (!isDescentError(error) || !error.entry.retryable) throw error;
          await sleep(retryMs, signal);
        }
      }
    },
  };
}

/** Rejects with the signal's reason. */
function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop);
      resolve();
    }, ms);
    const stop = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    signal.addEventListener('abort', stop, { once: true });
  });
}
