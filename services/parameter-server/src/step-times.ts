import type { WorkTimings } from '@descent/gradient-channel';
import type { Held } from './worker-link.ts';

/** One accepted result. Instants are milliseconds of the server's monotonic clock. */
export interface UnitTimes {
  readonly kind: Held['kind'];
  /** Version it was computed from, and so the step of a training unit. */
  readonly version: number;
  /** The micro-batches (or slices) [first, first + count). */
  readonly first: number;
  readonly count: number;
  readonly worker: string;
  /** The round began: from here to `assignedAt` the work waited for a worker. */
  readonly openedAt: number;
  readonly assignedAt: number;
  /** The header of the result was there: from here to `receivedAt` its payload came in. */
  readonly answeredAt: number;
  readonly receivedAt: number;
  /** Checked and in the ledger: from here to `completedAt` of its step it waited for the others. */
  readonly acceptedAt: number;
  /** Times that it was given to a worker: more than once after a loss or a refusal, when its worker was slow, or to compare. */
  readonly handedOut: number;
  /** What the worker says of the time between `assignedAt` and `answeredAt`. */
  readonly work: WorkTimings;
}

/** One applied training step. */
export interface StepTimes {
  readonly step: number;
  readonly samples: number;
  readonly openedAt: number;
  /** The last gradient was there. */
  readonly completedAt: number;
  /** The next version was published. */
  readonly appliedAt: number;
  /** Milliseconds of the two between them: adding and measuring the gradient, and the optimizer. */
  readonly reduceMs: number;
  readonly updateMs: number;
}

/** Hears where the time of a training job goes. Called often: an implementation adds up, it does not write. */
export interface TimesObserver {
  unit(times: UnitTimes): void;
  step(times: StepTimes): void;
}

export const noObserver: TimesObserver = { unit() {}, step() {} };

export function both(one: TimesObserver, other: TimesObserver | undefined): TimesObserver {
  if (other === undefined) return one;
  return {
    unit(times) {
      one.unit(times);
      other.unit(times);
    },
    step(times) {
      one.step(times);
      other.step(times);
    },
  };
}
