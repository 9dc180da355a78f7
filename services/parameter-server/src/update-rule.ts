import { localSettingsOf, type TrainingSettings } from '@descent/contracts';
import { averageStates, type ParameterLayout } from '@descent/models';
import { createOptimizer, learningRateAt, type Optimizer } from '@descent/optimizers';

/** What a step does with the sum over its units; docs/synchronization.md. */
export interface UpdateRule {
  readonly optimizer: Optimizer;
  /** In checkpoints. Not those of the optimizer where they mean something else: a fork may change the way it trains. */
  readonly slotNames: readonly string[];
  readonly clipNorm: number | undefined;
  /** What the optimizer is given in a step. */
  learningRate(step: number): number;
  /** What is reported for a step: the rate at its first mini-batch. */
  reportedRate(step: number): number;
  /** By what the sum is divided to be a mean. */
  divisor(total: { readonly samples: number; readonly units: number }): number;
  /** Writes the states of the next version. */
  states(current: Float32Array, next: Float32Array, sums: Float32Array, divisor: number): void;
}

/** Sum over samples of gradients, or sum over participants of their changes. */
export function updateRuleOf(training: TrainingSettings, layout: ParameterLayout, steps: number): UpdateRule {
  const { schedule, clipNorm } = training;
  const local = localSettingsOf(training);
  const { learningRate: base } = training.optimizer;
  if (local === undefined) {
    const learningRate = (step: number) => learningRateAt(schedule, base, step, steps);
    const optimizer = createOptimizer(training.optimizer);
    return {
      optimizer,
      slotNames: optimizer.slotNames,
      clipNorm,
      learningRate,
      reportedRate: learningRate,
      divisor: ({ samples }) => samples,
      states: (current, next, sums, samples) => averageStates(layout, current, next, sums, samples),
    };
  }
  const { localSteps, outerLearningRate = 0.7, outerMomentum = 0.9 } = local;
  const outer = createOptimizer({
    type: 'sgd',
    learningRate: outerLearningRate,
    momentum: outerMomentum,
    nesterov: true,
  });
  return {
    optimizer: outer,
    slotNames: outer.slotNames.map(() => 'outerMomentum'),
    clipNorm: undefined,
    learningRate: () => outerLearningRate,
    reportedRate: (step) => learningRateAt(schedule, base, step * localSteps, steps * localSteps),
    divisor: ({ units }) => units,
    states(current, next, sums, participants) {
      for (let index = layout.trainableElements; index < layout.gradientElements; index++)
        next[index] = current[index]! - sums[index]! / participants;
    },
  };
}
