import type { WorkerJoin } from '@descent/contracts';

/** What workers did in a time. */
export interface Work {
  readonly workerSeconds: number;
  /** Of the updates that came of it. */
  readonly flops: number;
}

/** After so many worker-seconds what was measured counts half. */
const halfLifeSeconds = 60;
/** So many worker-seconds must have been seen before they say more than what workers measured at their start. */
const enoughSeconds = 2;

/** How fast workers compute training steps, waiting and transfers included. */
export interface Speedometer {
  note(work: Work): void;
  /** FLOP per worker-second; null: nothing is known. */
  read(workers: readonly Pick<WorkerJoin, 'flopsPerSecond'>[]): number | null;
}

export function createSpeedometer(): Speedometer {
  let seconds = 0;
  let flops = 0;
  return {
    note(work) {
      const kept = 0.5 ** (work.workerSeconds / halfLifeSeconds);
      seconds = seconds * kept + work.workerSeconds;
      flops = flops * kept + work.flops;
    },
    read(workers) {
      if (seconds >= enoughSeconds && flops > 0) return flops / seconds;
      const measured = workers.flatMap(({ flopsPerSecond }) => flopsPerSecond ?? []);
      if (measured.length === 0) return null;
      return measured.reduce((sum, one) => sum + one, 0) / measured.length;
    },
  };
}
