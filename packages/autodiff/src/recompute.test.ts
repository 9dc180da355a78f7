import { describe, expect, test } from 'vitest';
import { peakMemory } from './cost.ts';
import { differentiate } from './differentiate.ts';
import { evaluate, type Feeds } from './evaluate.ts';
import type { Graph } from './graph.ts';
import { createGraphBuilder } from './graph-builder.ts';
import { recompute } from './recompute.ts';
import { simplify } from './simplify/simplify.ts';

/** Blocks b0, b1, … of x ← x + tanh(sigmoid(x) · w): each keeps two inner values that only its backward pass reads. */
function tower(blocks: number, width: number): Graph {
  const graph = createGraphBuilder();
  let x = graph.input('x', { dtype: 'float32', shape: ['batch', width] });
  for (let index = 0; index < blocks; index += 1) {
    const w = graph.parameter(`w${index}`, [width, width]);
    const from = x;
    x = graph.inLayer(`b${index}`, () => {
      const product = graph.add('MatMul', [graph.add('Sigmoid', [from]), w]);
      return graph.add('Add', [from, graph.add('Tanh', [product])]);
    });
  }
  graph.output('loss', graph.add('ReduceSum', [graph.add('Mul', [x, x])], { keepdims: 0 }));
  const built = graph.build();
  return simplify(differentiate(built, 'loss', built.parameters));
}

function feedsOf(graph: Graph, batch: number): Feeds {
  const fill = (shape: readonly number[], seed: number) => {
    const data = Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) =>
      Math.sin(i * 1.7 + seed),
    );
    return { dtype: 'float32', shape, data } as const;
  };
  return Object.fromEntries(
    [...graph.inputs, ...graph.parameters].map((name, seed) => [
      name,
      fill(
        graph.types.get(name)!.shape.map((dim) => (dim === 'batch' ? batch : Number(dim))),
        seed,
      ),
    ]),
  );
}

const outputsOf = (graph: Graph, feeds: Feeds) =>
  [...evaluate(graph, feeds).outputs].map(([name, { data }]) => [name, Array.from(data, Number)]);

describe('recomputing blocks in the backward pass', () => {
  const plain = tower(4, 3);
  const frugal = recompute(plain, ({ layer }) => layer);

  test('changes no number', () => {
    const feeds = feedsOf(plain, 5);
    expect(outputsOf(frugal, feeds)).toEqual(outputsOf(plain, feeds));
  });

  test('copies the inner nodes of each block once, behind the gradient that comes back to it', () => {
    const copied = frugal.nodes.filter(({ name }) => name.startsWith('recompute/'));
    // Sigmoid, MatMul and Tanh of every block, and a node that makes them wait.
    expect(copied.map(({ op }) => op).toSorted()).toEqual(
      ['After', 'MatMul', 'Sigmoid', 'Tanh'].flatMap((op) => Array(4).fill(op)).toSorted(),
    );
    for (const wait of copied.filter(({ op }) => op === 'After')) {
      const trigger = plain.nodes.find(({ outputs }) => outputs.includes(wait.inputs[1]!))!;
      expect(trigger.name).toMatch(/^gradient\//);
    }
  });

  test('needs less memory, the more the deeper the model', () => {
    const ratio = (blocks: number) => {
      const graph = tower(blocks, 64);
      return (
        peakMemory(
          recompute(graph, ({ layer }) => layer),
          512,
        ) / peakMemory(graph, 512)
      );
    };
    expect(ratio(8)).toBeLessThan(0.7);
    expect(ratio(24)).toBeLessThan(ratio(8));
  });

  test('survives simplification: equal nodes on both sides of the wait stay two', () => {
    expect(simplify(frugal).nodes.length).toBe(frugal.nodes.length);
  });

  test('of no part leaves the graph as it is', () => {
    expect(recompute(plain, () => undefined)).toBe(plain);
  });

  test('leaves a part alone that computes the loss', () => {
    expect(recompute(plain, () => 'everything')).toBe(plain);
  });
});
