import { type Tensor, tensor } from '@descent/tensors';
import { describe, expect, it } from 'vitest';
import { evaluate } from '../evaluate.ts';
import type { Graph, ValueName } from '../graph.ts';
import { createGraphBuilder, type GraphBuilder } from '../graph-builder.ts';
import { checkValue } from './check-value.ts';
import { cutAt } from './cut.ts';
import { type Explanation, explain } from './explain.ts';

const floats = (shape: readonly number[], ...values: number[]): Tensor =>
  tensor('float32', shape, Float32Array.from(values));
const float = (shape: readonly (number | 'batch')[]) => ({ dtype: 'float32', shape }) as const;

const graphOf = (build: (graph: GraphBuilder) => ValueName): Graph => {
  const graph = createGraphBuilder();
  graph.output('loss', build(graph));
  return graph.build();
};
const value = ({ leaves, nodes }: Explanation, name: string) =>
  [...leaves, ...nodes.flatMap(({ outputs }) => outputs)].find((one) => one.name === name)!;
const node = ({ nodes }: Explanation, name: string) => nodes.find((one) => one.name === name)!;

/** (x + y) · z at x = −2, y = 5, z = −4. */
const product = graphOf((graph) => {
  const [x, y, z] = ['x', 'y', 'z'].map((name) => graph.input(name, float([]))) as [string, string, string];
  return graph.add('Mul', [graph.add('Add', [x, y], {}, 'q'), z], {}, 'f');
});
const point = { x: floats([], -2), y: floats([], 5), z: floats([], -4) };

describe('explain', () => {
  it('shows the value and the gradient at every node: (x + y) · z', () => {
    const explanation = explain(product, 'loss', point);
    expect(explanation.loss).toBe(-12);
    const seen = ['x', 'y', 'z', 'q', 'f'].map((name) => {
      const { value: forward, gradient } = value(explanation, name);
      return [name, forward.values?.[0], gradient?.values?.[0]];
    });
    expect(seen).toEqual([
      ['x', -2, -4],
      ['y', 5, -4],
      ['z', -4, 3],
      ['q', 3, -4],
      ['f', -12, 1],
    ]);
    expect(node(explanation, 'q').derivative.role).toBe('add distributes');
    expect(node(explanation, 'f').derivative.role).toBe('multiply switches');
    expect(node(explanation, 'f')).toMatchObject({ index: 1, inputs: ['q', 'z'], flops: 1, layer: null });
  });

  it('measures every gradient by finite differences', () => {
    const { checks, nodes } = explain(product, 'loss', point);
    expect(checks).toMatchObject({ passed: 5, failed: 0, skipped: 0 });
    expect(checks.largestError).toBeLessThan(1e-8);
    expect(nodes[0]!.outputs[0]!.check?.worst).toMatchObject({ derived: -4, index: [] });
    expect(explain(product, 'loss', point, { check: false }).checks).toMatchObject({ passed: 0, skipped: 5 });
  });

  it('finds a gradient that is wrong by 0.05 %', () => {
    const { values } = evaluate(product, point, { values: 'all' });
    const cut = cutAt(product, 'loss', 'q', values);
    const planted = floats([], -4 * 1.0005);
    const check = checkValue(cut, 'loss', 'q', planted, { elements: 1, batch: 1 });
    expect(check.passed).toBe(false);
    expect(check.worst.relativeError).toBeCloseTo(5e-4, 6);
  });

  it('adds up the gradient of a value that is used twice', () => {
    const graph = graphOf((builder) => {
      const x = builder.input('x', float([]));
      return builder.add('Add', [builder.add('Mul', [x, x], {}, 'square'), x]);
    });
    const explanation = explain(graph, 'loss', { x: floats([], 3) });
    expect(value(explanation, 'x').gradient?.values).toEqual([7]);
    expect(explanation.checks.failed).toBe(0);
  });

  it('writes shapes as the lecture does and keeps the batch size as a word', () => {
    const graph = graphOf((builder) => {
      const x = builder.input('x', float(['batch', 3]));
      const w = builder.parameter('W', [3, 2]);
      const h = builder.add('Relu', [builder.add('MatMul', [x, w], {}, 'scores')], {}, 'h');
      return builder.add('ReduceSum', [h], { keepdims: 0 }, 'sum');
    });
    const explanation = explain(graph, 'loss', {
      x: floats([2, 3], 1, 2, 3, -1, 0, 1),
      W: floats([3, 2], 1, -1, 0, -1, 1, -1),
    });
    expect(value(explanation, 'W').label).toBe('W [3 × 2]');
    expect(value(explanation, 'h').label).toBe('h [batch × 2]');
    expect(value(explanation, 'sum').label).toBe('sum [number]');
    // x·W = [[4, −6], [0, 0]]: the second unit is dead, and the first sits at the corner for the second sample.
    expect(value(explanation, 'h').value.values).toEqual([4, 0, 0, 0]);
    expect(value(explanation, 'scores').gradient?.values).toEqual([1, 0, 0, 0]);
    expect(value(explanation, 'W').gradient?.values).toEqual([1, 0, 2, 0, 3, 0]);
    expect(node(explanation, 'h').saturation).toMatchObject({ share: 0.75, units: { count: 1, of: 2 } });
    expect(node(explanation, 'h').derivative.role).toBe('ReLU gates');
    expect(explanation.checks.failed).toBe(0);
    expect(value(explanation, 'scores').check?.corners).toBe(2);
  });

  it('shows a large tensor by its statistics and a sample', () => {
    const graph = graphOf((builder) =>
      builder.add('ReduceSum', [builder.add('Sigmoid', [builder.input('x', float([100]))], {}, 's')], {
        keepdims: 0,
      }),
    );
    const x = floats([100], ...Array.from({ length: 100 }, (_, index) => index - 50));
    const { value: seen } = value(explain(graph, 'loss', { x }), 'x');
    expect(seen.values).toBeNull();
    expect(seen.statistics).toEqual({
      minimum: -50,
      maximum: 49,
      mean: -0.5,
      standardDeviation: Math.sqrt((100 ** 2 - 1) / 12),
      norm: Math.sqrt((49 * 50 * 99) / 3 + 2500),
      zeroShare: 0.01,
      nanCount: 0,
      infiniteCount: 0,
    });
    expect(seen.sample).toHaveLength(16);
    expect(seen.sample?.[1]).toEqual({ index: [6], value: -44 });
    // |x| > ln 99 ≈ 4.6 for all but −4 … 4.
    expect(node(explain(graph, 'loss', { x }), 's').saturation?.share).toBeCloseTo(0.91, 12);
  });

  it('counts NaN and infinity instead of averaging them', () => {
    const graph = graphOf((builder) =>
      builder.add('ReduceSum', [builder.add('Log', [builder.input('x', float([3]))], {}, 'log')], {
        keepdims: 0,
      }),
    );
    const { value: seen } = value(explain(graph, 'loss', { x: floats([3], -1, 0, 1) }), 'log');
    expect(seen.statistics).toMatchObject({ nanCount: 1, infiniteCount: 1, mean: 0, zeroShare: 1 / 3 });
  });

  it('gives no gradient to what the loss does not depend on', () => {
    const builder = createGraphBuilder();
    const x = builder.input('x', float([]));
    builder.output('loss', builder.add('Exp', [x]));
    builder.output('metric', builder.add('Abs', [x], {}, 'metric'));
    const explanation = explain(builder.build(), 'loss', { x: floats([], 0) });
    expect(value(explanation, 'metric')).toMatchObject({ gradient: null, check: null });
    expect(value(explanation, 'x').gradient?.values).toEqual([1]);
  });

  it('explains only the nodes that are asked for, and names one that is not there', () => {
    const explanation = explain(product, 'loss', point, { only: ['q'] });
    expect(explanation.nodes.map(({ name }) => name)).toEqual(['q']);
    expect(explanation.leaves).toEqual([]);
    expect(() => explain(product, 'loss', point, { only: ['r'] })).toThrow(
      expect.objectContaining({ code: 'GRAPH_VALUE_UNKNOWN', details: { user: 'explain', value: 'r' } }),
    );
  });

  it('refuses a batch that would take too long and says how many samples fit', () => {
    const graph = graphOf((builder) => {
      const y = builder.add('MatMul', [
        builder.input('x', float(['batch', 10])),
        builder.parameter('W', [10, 10]),
      ]);
      return builder.add('ReduceSum', [y], { keepdims: 0 });
    });
    const feeds = { x: floats([64, 10], ...Array(640).fill(1)), W: floats([10, 10], ...Array(100).fill(1)) };
    // Forward 200 FLOP a sample for the product, as much for either gradient, and some for sums.
    expect(() => explain(graph, 'loss', feeds, { limits: { flops: 7000 } })).toThrow(
      expect.objectContaining({
        code: 'EXPLAIN_TOO_LARGE',
        details: expect.objectContaining({ what: 'floating-point operations', limit: 7000, fits: 11 }),
      }),
    );
  });

  it('says where the gradient stops', () => {
    const graph = graphOf((builder) => {
      const x = builder.input('x', float([]));
      return builder.add('Mul', [builder.add('Sign', [x], {}, 'sign'), x]);
    });
    const explanation = explain(graph, 'loss', { x: floats([], -3) });
    expect(node(explanation, 'sign').derivative).toMatchObject({
      role: 'sign stops the gradient',
      formula: 'dX = 0',
    });
    expect(value(explanation, 'x').gradient?.values).toEqual([-1]);
  });
});
