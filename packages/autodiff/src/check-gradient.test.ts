import { tensor } from '@descent/tensors';
import { expect, test } from 'vitest';
import { checkGradient } from './check-gradient.ts';
import { differentiate } from './differentiate.ts';
import type { Graph } from './graph.ts';
import { createGraphBuilder } from './graph-builder.ts';

/** loss = Σ tanh(x·w) for x [batch, 3], w [3, 2]. */
function layer(): Graph {
  const graph = createGraphBuilder();
  const x = graph.input('x', { dtype: 'float32', shape: ['batch', 3] });
  const hidden = graph.add('Tanh', [graph.add('MatMul', [x, graph.parameter('w', [3, 2])])]);
  graph.output('loss', graph.add('ReduceSum', [hidden], { keepdims: 0 }));
  return graph.build();
}

const feeds = {
  x: tensor('float32', [2, 3], Float32Array.of(0.5, -1, 0.25, 1.5, 0.75, -0.5)),
  w: tensor('float32', [3, 2], Float32Array.of(0.1, -0.4, 0.3, 0.2, -0.6, 0.7)),
};

/** The derived graph with one element of w's gradient multiplied by `factor`. */
function planted(element: number, factor: number) {
  return (graph: Graph, loss: string, wrt: readonly string[]): Graph => {
    const derived = differentiate(graph, loss, wrt);
    const builder = createGraphBuilder({ ...derived, outputs: new Map([...graph.outputs]) });
    const factors = new Float32Array(6).fill(1).with(element, factor);
    const wrong = builder.add('Mul', [
      derived.outputs.get('gradient/w')!,
      builder.constant(tensor('float32', [3, 2], factors)),
    ]);
    builder.output('gradient/w', wrong);
    return builder.build();
  };
}

test('a right gradient passes with room to spare', () => {
  const { passed, worst } = checkGradient(layer(), 'loss', ['w', 'x'], feeds);
  expect(passed).toBe(true);
  expect(worst.map(({ name }) => name)).toEqual(['w', 'x']);
  for (const { relativeError } of worst) expect(relativeError).toBeLessThan(1e-7);
});

test('a gradient that is wrong by 0.05 % in one element is found, and where', () => {
  const { passed, worst } = checkGradient(layer(), 'loss', ['w'], feeds, { derive: planted(3, 1.0005) });
  expect(passed).toBe(false);
  expect(worst[0]).toMatchObject({ name: 'w', index: [1, 1] });
  expect(worst[0]!.relativeError).toBeCloseTo(0.0005, 5);
  expect(worst[0]!.derived / worst[0]!.measured).toBeCloseTo(1.0005, 6);
});

test('a gradient of NaN is found', () => {
  const { passed, worst } = checkGradient(layer(), 'loss', ['w'], feeds, { derive: planted(0, Number.NaN) });
  expect(passed).toBe(false);
  expect(worst[0]).toMatchObject({ relativeError: Number.POSITIVE_INFINITY, index: [0, 0] });
});

test('a gradient that is left out is found', () => {
  const { passed } = checkGradient(layer(), 'loss', ['w'], feeds, { derive: planted(5, 0) });
  expect(passed).toBe(false);
});
