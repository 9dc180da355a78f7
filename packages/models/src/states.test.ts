import { evaluate } from '@descent/autodiff';
import { expect, it } from 'vitest';
import { evaluationGraph, trainingGraph } from './graphs.ts';
import { compiled, floats } from './reference.fixture.ts';

/** y = batch norm of x · w over two channels, as an imported graph has it. */
const model = compiled({
  inputs: { x: { shape: [2] } },
  parameters: { w: { shape: [2, 2] }, scale: { shape: [2] }, shift: { shape: [2] } },
  states: { mean: { shape: [2] }, variance: { shape: [2], initializer: 'ones', momentum: 0.5 } },
  nodes: [
    { op: 'MatMul', name: 'product', inputs: ['x', 'w'] },
    {
      op: 'BatchNormalization',
      name: 'y',
      inputs: ['product', 'scale', 'shift', 'mean', 'variance'],
      attributes: { epsilon: 0 },
    },
  ],
  loss: { type: 'meanSquaredError', labels: 'label' },
});
const feeds = {
  x: floats([2, 2], [1, 2, 3, 6]),
  w: floats([2, 2], [1, 0, 0, 1]),
  scale: floats([2], [1, 1]),
  shift: floats([2], [0, 0]),
  mean: floats([2], [5, 5]),
  variance: floats([2], [4, 4]),
  label: floats([2, 2], [0, 0, 0, 0]),
};
const numbersOf = (graph: ReturnType<typeof trainingGraph>, name: string) =>
  Array.from(evaluate(graph, feeds).outputs.get(name)!.data, Number);

it('lays states out behind what is trained, with their momentum', () => {
  expect(model.layout.entries.map(({ name, momentum }) => [name, momentum])).toEqual([
    ['w', undefined],
    ['scale', undefined],
    ['shift', undefined],
    ['mean', 0.9],
    ['variance', 0.5],
  ]);
  expect(model.layout.gradientElements).toBe(model.layout.elements);
});

it('training normalises with the moments of the micro-batch and gives their sums over its samples', () => {
  const graph = trainingGraph(model);
  // Channel means 2 and 4, population variances 1 and 4; two samples.
  expect(numbersOf(graph, 'state/mean')).toEqual([4, 8]);
  expect(numbersOf(graph, 'state/variance')).toEqual([2, 8]);
  // Every normalised value is ±1, so each sample's mean square is 1.
  expect(numbersOf(graph, 'loss')).toEqual([2]);
});

it('evaluation normalises with the states', () => {
  // (x − 5) ÷ 2: −2, −1.5, −1, 0.5.
  expect(numbersOf(evaluationGraph(model), 'loss')[0]).toBeCloseTo((4 + 2.25 + 1 + 0.25) / 2, 12);
});
