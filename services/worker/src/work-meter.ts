import type { WorkerBeat } from '@descent/contracts';
import type { WorkTimings } from '@descent/gradient-channel';

export interface DoneWork extends WorkTimings {
  readonly samples: number;
}

/** What a worker says of its own work: over the time since it said it last, smoothed. */
export interface WorkMeter {
  done(work: readonly DoneWork[]): void;
  read(): Pick<WorkerBeat, 'load' | 'samplesPerSecond'>;
}

/** Work is told at the end of a gradient job, which takes as long as the time between two readings. */
const smoothing = 0.5;

export function createWorkMeter(clock: () => number): WorkMeter {
  let since = clock();
  let busyMs = 0;
  let samples = 0;
  let load = 0;
  let samplesPerSecond = 0;
  return {
    done(work) {
      for (const one of work) {
        busyMs += one.data + one.compute + one.sum;
        samples += one.samples;
      }
    },
    read() {
      const now = clock();
      const elapsedMs = Math.max(1, now - since);
      load += smoothing * (Math.min(1, busyMs / elapsedMs) - load);
      samplesPerSecond += smoothing * ((samples / elapsedMs) * 1000 - samplesPerSecond);
      since = now;
      busyMs = 0;
      samples = 0;
      return { load: Math.min(1, load), samplesPerSecond };
    },
  };
}
