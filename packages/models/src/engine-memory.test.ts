import { createGraphBuilder } from '@descent/autodiff';
import { tensor } from '@descent/tensors';
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

test('parameters and gradients are not the engine’s', () => {
  const [small, large] = [graphOf(1024), graphOf(2048)].map((graph) => engineMemory(graph, 1, 'train'));
  expect(large! - small!).toBeLessThan(mebibyte / 10);
});

test('a batch that is computed in parts needs no more for its values than one part, and its samples', () => {
  const graph = graphOf(1024);
  // 2,048 samples of 4 KiB fill the largest value that a part may have.
  const [one, four] = [2048, 8192].map((batch) => engineMemory(graph, batch, 'train')) as [number, number];
  const samples = (8192 - 2048) * (1024 + 1) * 4;
  expect(four - one).toBeGreaterThanOrEqual(samples);
  expect(four - one).toBeLessThan(samples + 6 * mebibyte);
});

test('a chain of nodes keeps what its arena has ever held, not more', () => {
  const graph = createGraphBuilder();
  const x = graph.input('x', { dtype: 'float32', shape: ['batch', mebibyte / 4] });
  graph.output('y', graph.add('ReduceSum', [graph.add('Exp', [x])], { keepdims: 0 }));
  // One value of 1 MiB a sample beside the one that is given.
  expect(engineMemory(graph.build(), 1, 'evaluate') / mebibyte).toBeCloseTo(1 + 1.25 + 2, 1);
});

test('a result that can be computed early is, and what it alone needed is not kept', () => {
  const graph = createGraphBuilder();
  const x = graph.input('x', { dtype: 'float32', shape: ['batch', mebibyte / 4] });
  const sums = [1, 2, 3, 4, 5, 6].map((factor) => {
    const by = graph.constant(tensor('float32', [], Float32Array.of(factor)));
    return graph.add('Exp', [graph.add('Mul', [x, by])]);
  });
  for (const [index, value] of sums.entries())
    graph.output(`y${index}`, graph.add('ReduceSum', [value], { keepdims: 0 }));
  // Two values of 1 MiB at a time, although the graph lists the six sums last; and the input.
  expect(engineMemory(graph.build(), 1, 'evaluate') / mebibyte).toBeCloseTo(1 + 2 * 2.25 + 2, 0);
});
