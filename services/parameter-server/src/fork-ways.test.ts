import type { TrainingSettings } from '@descent/contracts';
import { expect, test } from 'vitest';
import { emptyLedger } from './ledger.ts';
import { createTrainingState } from './training-state.ts';

const layout = {
  entries: [{ name: 'w', shape: [2], offset: 0, length: 2, initializer: 'zeros', trainable: true }],
  elements: 16,
  trainableElements: 16,
  gradientElements: 16,
} as const;
const parameters = new Float32Array(16).fill(1);
const sync: TrainingSettings = {
  epochs: 1,
  batchSize: 4,
  optimizer: { type: 'sgd', learningRate: 1, momentum: 0.9 },
};
const local: TrainingSettings = { ...sync, synchronization: { mode: 'local', localSteps: 4 } };

/** The slots with which a job goes on that has these settings and starts from those slots. */
function slotsAfterFork(training: TrainingSettings, slots: ReadonlyMap<string, Float32Array>) {
  const start = { version: 3, ledgerHash: emptyLedger, evaluated: undefined, parameters, slots };
  const options = { layout, metrics: [], microBatches: 2, training, steps: 8, start };
  const { version, slots: after } = createTrainingState(options).snapshot();
  expect(version).toBe(3);
  return new Map([...(after ?? [])].map(([name, values]) => [name, values[0]]));
}

const filled = (name: string) => new Map([[name, new Float32Array(16).fill(5)]]);

test('a fork that trains as before goes on with the slots of its checkpoint', () => {
  expect(slotsAfterFork(sync, filled('momentum'))).toEqual(new Map([['momentum', 5]]));
  expect(slotsAfterFork(local, filled('outerMomentum'))).toEqual(new Map([['outerMomentum', 5]]));
});

test('the momentum of gradients is none of averaged changes: a fork from sync to local, or back, begins without', () => {
  expect(slotsAfterFork(local, filled('momentum'))).toEqual(new Map([['outerMomentum', 0]]));
  expect(slotsAfterFork(sync, filled('outerMomentum'))).toEqual(new Map([['momentum', 0]]));
});
