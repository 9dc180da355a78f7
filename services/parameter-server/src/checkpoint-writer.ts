import { setTimeout as sleep } from 'node:timers/promises';
import { isDescentError } from '@descent/errors';
import type { ParameterLayout } from '@descent/models';
import { encodeCheckpoint, encodeWeights } from './checkpoint.ts';
import type { Reporter } from './reporter.ts';
import type { Evaluation, TrainingState } from './training-state.ts';
import type { Truth } from './truth.ts';

const retryMs = 1_000;

export interface CheckpointWriterOptions {
  readonly truth: Truth;
  readonly jobId: string;
  readonly incarnation: number;
  readonly layout: ParameterLayout;
  readonly graphHash: string;
  readonly state: TrainingState;
  readonly reporter: Reporter;
  /** Aborted when the job is fenced off. */
  readonly signal: AbortSignal;
}

/** Writes checkpoints behind the training: a copy of the state is taken at once, the rest happens in the background. */
export interface CheckpointWriter {
  /** Of the current version. While one is being written the next waits; a later one takes its place. */
  write(evaluated: Evaluation | undefined): void;
  /** Resolves when nothing is being written. */
  idle(): Promise<void>;
  /** Stores the weights of the current version, however long the api is away. Returns their hash. */
  weights(): Promise<string>;
}

export function createCheckpointWriter(options: CheckpointWriterOptions): CheckpointWriter {
  const { truth, jobId, incarnation, layout, graphHash, state, reporter, signal } = options;
  let writing: Promise<void> | undefined;
  let waiting: (() => Promise<void>) | undefined;
  let newest = state.version;

  const store = async (step: number, file: Uint8Array) => {
    try {
      const { hash } = await truth.putCheckpoint(jobId, incarnation, step, file);
      reporter.event('checkpoint', `Checkpoint at step ${step}`, { step, hash, bytes: file.byteLength });
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      reporter.event('log', `The checkpoint at step ${step} could not be stored: ${why}`, { step });
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
      const snapshot = { ...state.snapshot(), evaluated };
      const task = () => store(snapshot.version, encodeCheckpoint(layout, graphHash, snapshot));
      if (writing === undefined) void run(task);
      else waiting = task;
    },
    async idle() {
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
          await sleep(retryMs, undefined, { signal });
        }
      }
    },
  };
}
