import { expect, it } from 'vitest';
import { differentiate } from '../differentiate.ts';
import { createGraphBuilder } from '../graph-builder.ts';
import { graphParts } from './graph-parts.ts';

it('tells forward, objective and backward nodes apart and ties each gradient to its node', () => {
  const graph = createGraphBuilder();
  const x = graph.input('x', { dtype: 'float32', shape: ['batch', 2] });
  const w = graph.parameter('gradient/kernel', [2, 2]);
  // A layer may be called "gradient": the name alone does not make a node backward.
  const y = graph.inLayer('gradient', () => graph.add('Tanh', [graph.add('MatMul', [x, w])]));
  graph.output(
    'loss',
    graph.inScope('loss', () => graph.add('ReduceSum', [y], { keepdims: 0 })),
  );
  const parts = graphParts(differentiate(graph.build(), 'loss', ['gradient/kernel']));
  expect(parts.get('gradient/MatMul')).toEqual({ part: 'forward', differentiates: null });
  expect(parts.get('gradient/Tanh')).toEqual({ part: 'forward', differentiates: null });
  expect(parts.get('loss/ReduceSum')).toEqual({ part: 'objective', differentiates: null });
  const backward = [...parts].filter(([, { part }]) => part === 'backward');
  expect(new Set(backward.map(([, { differentiates }]) => differentiates))).toEqual(
    new Set(['gradient/MatMul', 'gradient/Tanh', 'loss/ReduceSum']),
  );
});
