import { expect, test } from 'vitest';
import { cost, peakMemory } from './cost.ts';
import { createGraphBuilder } from './graph-builder.ts';

test('a dense layer costs two operations per weight and sample, and the bytes it touches', () => {
  const graph = createGraphBuilder();
  const x = graph.input('x', { dtype: 'float32', shape: ['batch', 784] });
  const product = graph.add('MatMul', [x, graph.parameter('w', [784, 128])]);
  graph.output('y', graph.add('Add', [product, graph.parameter('b', [128])]));
  const { nodes, flops, bytes } = cost(graph.build(), 32);
  expect(nodes.map((node) => node.flops)).toEqual([2 * 32 * 784 * 128, 32 * 128]);
  expect(flops).toBe(6_426_624);
  expect(bytes).toBe(4 * (32 * 784 + 784 * 128 + 32 * 128) + 4 * (32 * 128 + 128 + 32 * 128));
});

test('a convolution costs two operations per weight and place, whatever its groups are', () => {
  const flops = (group: number) => {
    const graph = createGraphBuilder();
    const x = graph.input('x', { dtype: 'float32', shape: ['batch', 32, 14, 14] });
    const w = graph.parameter('w', [64, 32 / group, 3, 3]);
    graph.add('Conv', [x, w], { pads: [1, 1, 1, 1], group });
    return cost(graph.build(), 4).flops;
  };
  expect(flops(1)).toBe(2 * 4 * 64 * 196 * 32 * 9);
  expect(flops(32)).toBe(flops(1) / 32);
});

test('peak memory counts a value from the node that makes it to the one that uses it last', () => {
  const graph = createGraphBuilder();
  const x = graph.input('x', { dtype: 'float32', shape: ['batch', 10] });
  const a = graph.add('Exp', [x]);
  const b = graph.add('Exp', [a]);
  const c = graph.add('Exp', [b]);
  graph.output('y', graph.add('ReduceSum', [c], { keepdims: 0 }));
  // x all along, and two of the chain at each node: the sum is smaller.
  expect(peakMemory(graph.build(), 5)).toBe(3 * 4 * 50);
  graph.output('kept', a);
  expect(peakMemory(graph.build(), 5)).toBe(4 * 4 * 50);
});
