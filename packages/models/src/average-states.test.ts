import { expect, test } from 'vitest';
import { averageStates } from './average-states.ts';
import type { ParameterLayout } from './parameter-layout.ts';

const common = { shape: [2], initializer: 'zeros', length: 2 } as const;
const layout: ParameterLayout = {
  entries: [
    { ...common, name: 'w', trainable: true, offset: 0 },
    { ...common, name: 'mean', trainable: false, momentum: 0.75, offset: 16 },
    { ...common, name: 'frozen', trainable: false, offset: 32 },
  ],
  elements: 48,
  trainableElements: 16,
  gradientElements: 32,
};

test('a state keeps its momentum of the old value and takes the rest from the mean over the samples', () => {
  const current = new Float32Array(48).fill(9);
  current.set([1, -2], 16);
  const sums = new Float32Array(32).fill(7);
  sums.set([40, 8], 16);
  const next = new Float32Array(48).fill(5);
  averageStates(layout, current, next, sums, 8);
  // 0.75 · 1 + 0.25 · 40/8 = 2; 0.75 · −2 + 0.25 · 8/8 = −1.25
  expect([...next.subarray(16, 18)]).toEqual([2, -1.25]);
});

test('what is no state is left to others', () => {
  const next = new Float32Array(48).fill(5);
  averageStates(layout, new Float32Array(48), next, new Float32Array(32), 1);
  expect([next[0], next[1], next[32], next[33]]).toEqual([5, 5, 5, 5]);
});
