import type { TrainingSettings } from '@descent/contracts';
import { averageStates, type ParameterLayout } from '@descent/models';
import {
  clipFactor,
  createOptimizer,
  type FlatBuffer,
  learningRateAt,
  squaredNorm,
  subtractInto,
} from '@descent/optimizers';

/** Where a participant trains: all in one memory with the gradients. */
export interface LocalBuffers {
  /** The version that the round starts from. */
  readonly version: FlatBuffer;
  /** What the engine reads. */
  readonly working: FlatBuffer;
  readonly next: FlatBuffer;
  readonly slots: readonly FlatBuffer[];
}

/** A participant of a local job in one round: begin, a step per mini-batch, end (docs/synchronization.md). */
export interface LocalTraining {
  begin(): void;
  /**
   * @param gradient sums over the samples of the mini-batch: gradients, then statistics of states
   * @param index of the mini-batch in the round
   * @param batch number of the mini-batch over the whole training, for the schedule
   */
  step(gradient: FlatBuffer, samples: number, index: number, batch: number): void;
  /** change ← version − what it has become */
  end(change: FlatBuffer): void;
}

export function createLocalTraining(
  training: TrainingSettings,
  layout: ParameterLayout,
  batches: number,
  { version, working, next, slots }: LocalBuffers,
): LocalTraining {
  const { schedule, clipNorm } = training;
  const optimizer = createOptimizer(training.optimizer);
  const range = { start: 0, end: layout.trainableElements };
  return {
    begin() {
      working.floats.set(version.floats);
      optimizer.init(slots);
    },
    step(gradient, samples, index, batch) {
      const norm = clipNorm === undefined ? 0 : Math.sqrt(squaredNorm(gradient, undefined, range)) / samples;
      optimizer.update({
        parameters: working,
        next,
        gradients: gradient,
        slots,
        step: index,
        learningRate: learningRateAt(schedule, training.optimizer.learningRate, batch, batches),
        scale: clipFactor(norm, clipNorm) / samples,
        range,
      });
      averageStates(layout, working.floats, next.floats, gradient.floats, samples);
      working.floats.set(next.floats.subarray(0, layout.gradientElements));
    },
    end(change) {
      subtractInto(change, version, working);
    },
  };
}
