import type { Job } from '@descent/client';
import { expect, test } from 'vitest';
import { differencesOf } from './differences.ts';

const job = (name: string, learningRate: number, layers: unknown[]) =>
  ({ request: { name, model: { layers }, training: { optimizer: { learningRate } } } }) as unknown as Job;

test('only settings that differ are listed, by field, with what each job has', () => {
  const dense = { type: 'dense', units: 10 };
  expect(differencesOf([job('a', 0.1, [dense]), job('b', 0.01, [{ ...dense, units: 20 }, dense])])).toEqual([
    { field: 'model.layers[0].units', values: ['10', '20'] },
    { field: 'training.optimizer.learningRate', values: ['0.1', '0.01'] },
    { field: 'model.layers[1].type', values: [undefined, 'dense'] },
    { field: 'model.layers[1].units', values: [undefined, '10'] },
  ]);
});

test('lists of plain values are one setting, and the name of a job is none', () => {
  expect(differencesOf([job('a', 1, [{ size: [3, 3] }]), job('b', 1, [{ size: [5, 5] }])])).toEqual([
    { field: 'model.layers[0].size', values: ['[3,3]', '[5,5]'] },
  ]);
});
