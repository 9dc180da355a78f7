import { tensor } from '@descent/tensors';
import { describe, expect, test } from 'vitest';
import { differentiate } from '../differentiate.ts';
import { evaluate } from '../evaluate.ts';
import type { Attributes, ValueName } from '../graph.ts';
import { createGraphBuilder, type GraphBuilder } from '../graph-builder.ts';
import type { OperationName } from '../operations/index.ts';

/** Gradients of the sum of the result by vectors of that value. */
function gradients(
  inputs: readonly (readonly number[])[],
  build: (graph: GraphBuilder, values: readonly ValueName[]) => ValueName,
): readonly (readonly number[])[] {
  const graph = createGraphBuilder();
  const names = inputs.map((values, index) =>
    graph.input(`x${index}`, { dtype: 'float32', shape: [values.length] }),
  );
  graph.output('loss', graph.add('ReduceSum', [build(graph, names)], { keepdims: 0 }));
  const feeds = Object.fromEntries(
    inputs.map((values, index) => [
      names[index]!,
      tensor('float32', [values.length], Float32Array.from(values)),
    ]),
  );
  const { outputs } = evaluate(differentiate(graph.build(), 'loss', names), feeds);
  return names.map((name) =>
    Array.from<number | bigint, number>(outputs.get(`gradient/${name}`)!.data, (value) => Number(value) + 0),
  );
}

const one = (op: OperationName, x: readonly number[], attributes: Attributes = {}) =>
  gradients([x], (graph, [value]) => graph.add(op, [value!], attributes))[0];

describe('where a maximum or minimum is reached twice, the first has the whole gradient', () => {
  test.each(['Max', 'Min'] as const)('%s of three inputs', (op) => {
    const of = (...inputs: number[][]) => gradients(inputs, (graph, values) => graph.add(op, values));
    expect(of([1, 1], [1, 1], [1, 1])).toEqual([
      [1, 1],
      [0, 0],
      [0, 0],
    ]);
    const [low, high] = op === 'Max' ? [0, 5] : [5, 0];
    expect(of([low, high], [high, high], [high, low])).toEqual([
      [0, 1],
      [1, 0],
      [0, 0],
    ]);
  });

  test('one value given twice gets it once', () => {
    expect(gradients([[1, 2]], (graph, [x]) => graph.add('Max', [x!, x!]))).toEqual([[1, 1]]);
  });

  test.each(['ReduceMax', 'ReduceMin'] as const)('%s', (op) => {
    expect(one(op, [3, 3, 3], { axes: [0] })).toEqual([1, 0, 0]);
  });

  test('TopK', () => {
    const [gradient] = gradients([[3, 1, 3, 3]], (graph, [x]) =>
      graph.add('TopK', [x!, graph.integers([2])]),
    );
    expect(gradient).toEqual([1, 0, 1, 0]);
  });
});

describe('gradients at a kink or a zero', () => {
  test.each<[OperationName, readonly number[], Attributes, readonly number[]]>([
    ['Abs', [0], {}, [0]],
    ['LeakyRelu', [-1, 0, 1], { alpha: 0.25 }, [0.25, 0.25, 1]],
    ['Elu', [0], { alpha: 0.5 }, [0.5]],
    ['Celu', [0], { alpha: 2 }, [1]],
    ['ThresholdedRelu', [1], { alpha: 1 }, [0]],
    ['HardSigmoid', [-2.5, 2.5], {}, [0, 0]],
    ['ReduceL1', [0, -2, 3], {}, [0, -1, 1]],
    ['ReduceL2', [0, 0], {}, [0, 0]],
    ['ReduceL2', [3, 4], {}, [0.6, 0.8]],
    ['ReduceProd', [2, 0, 4], {}, [0, 8, 0]],
    ['ReduceProd', [0, 0, 4], {}, [0, 0, 0]],
    ['Floor', [0.5, 1], {}, [0, 0]],
    ['Round', [0.5, 1], {}, [0, 0]],
  ])('%s of %j, %j: %j', (op, x, attributes, expected) => {
    const actual = one(op, x, attributes)!;
    expected.forEach((value, index) => {
      expect(actual[index]).toBeCloseTo(value, 7);
    });
  });

  test('a power of 0 has no gradient where the exponent is 0, and that of its base elsewhere', () => {
    const [base] = gradients(
      [
        [0, 0, 3],
        [0, 1, 2],
      ],
      (graph, [a, b]) => graph.add('Pow', [a!, b!]),
    );
    expect(base).toEqual([0, 1, 6]);
  });

  test('PRelu at 0 is on the side of the slope', () => {
    const [x, slope] = gradients([[-2, 0, 2], [0.25]], (graph, [a, b]) => graph.add('PRelu', [a!, b!]));
    expect([x, slope]).toEqual([[0.25, 0.25, 1], [-2]]);
  });

  test('fmod: the divisor counts as often as it was taken away', () => {
    const [a, b] = gradients([[7.5, -7.5], [2]], (graph, [x, y]) => graph.add('Mod', [x!, y!], { fmod: 1 }));
    expect([a, b]).toEqual([[1, 1], [0]]);
  });
});

test('the gradient of a gradient is known where it has a function body', () => {
  const curvature = gradients([[0]], (graph, [x]) => graph.add('GeluGrad', [graph.scalar(1), x!]))[0]![0]!;
  expect(curvature).toBeCloseTo(2 / Math.sqrt(2 * Math.PI), 6);
});
