import type { TrainingSettings } from '@descent/contracts';
import type { ParameterLayout } from '@descent/models';
import { FlatMemory } from '@descent/optimizers';
import { expect, test } from 'vitest';
import { updateRuleOf } from './update-rule.ts';

const one = { shape: [1], initializer: 'zeros', length: 1 } as const;
const layout: ParameterLayout = {
  entries: [
    { ...one, name: 'w', trainable: true, offset: 0 },
    { ...one, name: 'mean', trainable: false, momentum: 0.75, offset: 16 },
  ],
  elements: 32,
  trainableElements: 16,
  gradientElements: 32,
};
const training: TrainingSettings = {
  epochs: 1,
  batchSize: 4,
  optimizer: { type: 'adam', learningRate: 0.5 },
  schedule: { type: 'step', everySteps: 8, factor: 0.5 },
  clipNorm: 1,
};

/** θ of the one parameter after each sum of changes. */
function trajectory(settings: TrainingSettings, sums: readonly number[], units: number): number[] {
  const rule = updateRuleOf(settings, layout, 10);
  const { versions, gradients, slots } = new FlatMemory({
    versions: { count: 2, length: 32 },
    gradients: { count: 1, length: 32 },
    slots: { count: rule.slotNames.length, length: 16 },
  }).buffers;
  let [parameters, next] = [versions[0]!, versions[1]!];
  parameters.floats[0] = 1;
  return sums.map((sum, step) => {
    gradients[0]!.floats[0] = sum;
    rule.optimizer.update({
      parameters,
      next,
      gradients: gradients[0]!,
      slots,
      step,
      learningRate: rule.learningRate(step),
      scale: 1 / rule.divisor({ samples: 1000, units }),
      range: { start: 0, end: 16 },
    });
    [parameters, next] = [next, parameters];
    return parameters.floats[0]!;
  });
}

test('a local step takes the mean change with Nesterov momentum: u ← μu + δ, θ − η(δ + μu)', () => {
  const local = { mode: 'local', localSteps: 4, outerLearningRate: 0.5, outerMomentum: 0.5 } as const;
  // δ = 1: u = 1, θ = 1 − ½(1 + ½) = ¼. δ = 1: u = 1½, θ = ¼ − ½(1 + ¾) = −⅝. δ = 0: u = ¾, θ = −⅝ − ½·⅜.
  expect(trajectory({ ...training, synchronization: local }, [2, 2, 0], 2)).toEqual([0.25, -0.625, -0.8125]);
});

test('without momentum a local step of rate 1 is the average of the participants', () => {
  const local = { mode: 'local', localSteps: 4, outerLearningRate: 1, outerMomentum: 0 } as const;
  // Participants at ½ and −1 from 1: changes ½ and 2, their mean 1¼.
  expect(trajectory({ ...training, synchronization: local }, [2.5], 2)).toEqual([-0.25]);
  expect(updateRuleOf({ ...training, synchronization: local }, layout, 10).slotNames).toEqual([]);
});

test('a local step neither clips nor schedules its own rate, and reports that of its first mini-batch', () => {
  const local = { mode: 'local', localSteps: 4 } as const;
  const rule = updateRuleOf({ ...training, synchronization: local }, layout, 10);
  expect(rule.clipNorm).toBeUndefined();
  expect([rule.learningRate(0), rule.learningRate(9)]).toEqual([0.7, 0.7]);
  // Mini-batches 4 and 8: the schedule halves the rate at the eighth.
  expect([rule.reportedRate(1), rule.reportedRate(2)]).toEqual([0.5, 0.25]);
  expect(rule.slotNames).toEqual(['outerMomentum']);
});

test('states become the mean of the participants, and in a synchronous step the running average', () => {
  const current = new Float32Array(32);
  const next = new Float32Array(32);
  const sums = new Float32Array(32);
  current[16] = 8;
  // Local: changes 2 and 4 of two participants.
  sums[16] = 6;
  const local = { mode: 'local', localSteps: 4 } as const;
  updateRuleOf({ ...training, synchronization: local }, layout, 10).states(current, next, sums, 2);
  expect(next[16]).toBe(5);
  // Sync: ¾·8 + ¼·6/2.
  const sync = updateRuleOf(training, layout, 10);
  sync.states(current, next, sums, sync.divisor({ samples: 2, units: 1 }));
  expect(next[16]).toBe(6.75);
});
