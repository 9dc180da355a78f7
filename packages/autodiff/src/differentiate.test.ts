import { type Tensor, tensor } from '@descent/tensors';
import { expect, test } from 'vitest';
import { checkGradient } from './check-gradient.ts';
import { differentiate } from './differentiate.ts';
import { evaluate, type Feeds } from './evaluate.ts';
import type { Graph } from './graph.ts';
import { createGraphBuilder } from './graph-builder.ts';

const floats = (shape: readonly number[], ...values: number[]) =>
  tensor('float32', shape, Float32Array.from(values));

const list = (value: Tensor | undefined) => Array.from(value!.data, Number);

/** loss = Σ relu(x·w1 + b1)·w2, x [batch, 2], three hidden units. */
function perceptron(): Graph {
  const graph = createGraphBuilder();
  const x = graph.input('x', { dtype: 'float32', shape: ['batch', 2] });
  const [w1, b1] = [graph.parameter('w1', [2, 3]), graph.parameter('b1', [3])];
  const w2 = graph.parameter('w2', [3, 1]);
  const hidden = graph.inLayer('hidden', () =>
    graph.add('Relu', [graph.add('Add', [graph.add('MatMul', [x, w1]), b1])]),
  );
  graph.output('loss', graph.add('ReduceSum', [graph.add('MatMul', [hidden, w2])], { keepdims: 0 }));
  return graph.build();
}

const feeds: Feeds = {
  x: floats([2, 2], 1, 2, -1, 0.5),
  w1: floats([2, 3], 0.5, -1, 2, 0.25, 1, -3),
  b1: floats([3], 0.125, 0.25, 0.5),
  w2: floats([3, 1], 1, -2, 3),
};

test('the gradient of a two-layer perceptron is the one worked out by hand', () => {
  // hidden before Relu: [1.125, 1.25, -3.5], [-0.25, 1.75, -3]; so only unit 2 of sample 2 and units 1, 2 of sample 1.
  const graph = differentiate(perceptron(), 'loss', ['w1', 'b1', 'w2']);
  const { outputs } = evaluate(graph, feeds);
  expect(list(outputs.get('loss'))).toEqual([1.125 - 2.5 - 3.5]);
  expect(list(outputs.get('gradient/b1'))).toEqual([1, -4, 0]);
  expect(list(outputs.get('gradient/w1'))).toEqual([1, 0, 0, 2, -5, 0]);
  expect(list(outputs.get('gradient/w2'))).toEqual([1.125, 3, 0]);
});

test('the same gradient agrees with finite differences', () => {
  const check = checkGradient(perceptron(), 'loss', ['x', 'w1', 'b1', 'w2'], feeds);
  expect(check).toMatchObject({ passed: true });
});

test('a value that is used twice gets the sum of both gradients', () => {
  const graph = createGraphBuilder();
  const x = graph.parameter('x', [2]);
  const squared = graph.add('Mul', [x, x]);
  graph.output('loss', graph.add('ReduceSum', [graph.add('Add', [squared, x])], { keepdims: 0 }));
  const { outputs } = evaluate(differentiate(graph.build(), 'loss', ['x']), { x: floats([2], 3, -5) });
  expect(list(outputs.get('gradient/x'))).toEqual([7, -9]);
});

test('a frozen parameter costs no node', () => {
  const ops = (wrt: readonly string[]) =>
    differentiate(perceptron(), 'loss', wrt)
      .nodes.slice(perceptron().nodes.length)
      .map((node) => node.op);
  expect(ops(['w2'])).toEqual(['Shape', 'Expand', 'Gemm']);
  expect(ops(['b1'])).toEqual(['Shape', 'Expand', 'Gemm', 'ReluGrad', 'ReduceSum']);
  expect(ops([])).toEqual([]);
});

test('backward nodes carry the layer that they differentiate', () => {
  const { nodes } = differentiate(perceptron(), 'loss', ['w1']);
  expect(nodes.at(-1)).toMatchObject({
    op: 'Gemm',
    layer: 'hidden',
    name: 'gradient/hidden/MatMul/Gemm',
  });
});

test('a parameter that the loss does not depend on has a gradient of zeros', () => {
  const graph = createGraphBuilder();
  const x = graph.parameter('x', [1]);
  graph.parameter('idle', [2, 2]);
  graph.output('loss', graph.add('ReduceSum', [x], { keepdims: 0 }));
  const { outputs } = evaluate(differentiate(graph.build(), 'loss', ['idle']), {
    x: floats([1], 1),
    idle: floats([2, 2], 1, 2, 3, 4),
  });
  expect(list(outputs.get('gradient/idle'))).toEqual([0, 0, 0, 0]);
});

test('a loss of several numbers is refused', () => {
  const graph = createGraphBuilder();
  graph.output('loss', graph.parameter('x', [3]));
  expect(() => differentiate(graph.build(), 'loss', ['x'])).toThrow(
    'The gradient of "loss" cannot be derived: it is float32 [3], not one float32 number',
  );
});

test('a second derivative through a gradient whose own derivative is not known is refused', () => {
  const first = differentiate(perceptron(), 'loss', ['b1']);
  const graph = createGraphBuilder(first);
  graph.output('norm', graph.add('ReduceSum', [first.outputs.get('gradient/b1')!], { keepdims: 0 }));
  expect(() => differentiate(graph.build(), 'norm', ['w2'])).toThrow(
    'the derivative of node "gradient/hidden/Relu/ReluGrad" (ReluGrad) is not known',
  );
});
