import { createGraphBuilder } from '@descent/autodiff';
import { expect, test } from 'vitest';
import { compileModel } from './compile-model.ts';
import { engineMemory } from './engine-memory.ts';
import { trainingGraph } from './graphs.ts';

const mebibyte = 2 ** 20;
const dense = (units: number) => ({ type: 'dense', units, activation: 'relu' }) as const;
const graphOf = (units: number) =>
  trainingGraph(
    compileModel({
      inputs: { x: { shape: [1024] } },
      layers: [dense(units), dense(units), { type: 'dense', units: 10 }],
      loss: { type: 'softmaxCrossEntropy', labels: 'label' },
    }),
  );

test('parameters and gradients count once each, whatever the batch', () => {
  const [small, large] = [graphOf(1024), graphOf(2048)].map((graph) => engineMemory(graph, 1));
  const grown = 2 * 4 * (1024 * 2048 + 2048 * 2048 + 10 * 2048 - 2 * 1024 * 1024 - 10 * 1024);
  expect(large! - small!).toBeGreaterThan(grown);
  expect(large! - small!).toBeLessThan(1.01 * grown);
});

test('a batch that is computed in parts needs no more for its values than one part, and its samples', () => {
  const graph = graphOf(1024);
  // 2,048 samples of 4 KiB fill the largest value that a part may have.
  const [one, four] = [engineMemory(graph, 2048), engineMemory(graph, 8192)];
  const samples = (8192 - 2048) * (1024 + 1) * 4;
  expect(four - one).toBeGreaterThanOrEqual(samples);
  expect(four - one).toBeLessThan(samples + 6 * mebibyte);
});

test('a chain of nodes keeps what its arena has ever held, not more', () => {
  const graph = createGraphBuilder();
  const x = graph.input('x', { dtype: 'float32', shape: ['batch', mebibyte / 4] });
  graph.output('y', graph.add('ReduceSum', [graph.add('Exp', [x])], { keepdims: 0 }));
  // One value of 1 MiB a sample beside the one that is given.
  expect(engineMemory(graph.build(), 1) / mebibyte).toBeCloseTo(1 + 1.25 + 2, 1);
});
