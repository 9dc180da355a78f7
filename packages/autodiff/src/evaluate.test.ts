import { type Tensor, tensor } from '@descent/tensors';
import { describe, expect, test } from 'vitest';
import { evaluate } from './evaluate.ts';
import type { Attributes } from './graph.ts';
import { createGraphBuilder } from './graph-builder.ts';
import type { OperationName } from './operations/index.ts';

const f = (shape: readonly number[], ...values: number[]) =>
  tensor('float32', shape, Float32Array.from(values));
const i = (shape: readonly number[], ...values: number[]) =>
  tensor('int64', shape, BigInt64Array.from(values, BigInt));

/** Value of one node whose inputs are all constants. */
function run(op: OperationName, inputs: readonly Tensor[], attributes: Attributes = {}) {
  const graph = createGraphBuilder();
  graph.output(
    'out',
    graph.add(
      op,
      inputs.map((value) => graph.constant(value)),
      attributes,
    ),
  );
  const { shape, data } = evaluate(graph.build(), {}).outputs.get('out')!;
  return { shape, values: Array.from(data, Number) };
}

const square = f([1, 1, 3, 3], 1, 2, 3, 4, 5, 6, 7, 8, 9);

describe('values worked by hand', () => {
  test.each<[string, OperationName, Tensor[], Attributes, readonly number[], readonly number[]]>([
    [
      'matrix product',
      'MatMul',
      [f([2, 2], 1, 2, 3, 4), f([2, 2], 5, 6, 7, 8)],
      {},
      [2, 2],
      [19, 22, 43, 50],
    ],
    [
      'Gemm: 2 · AᵀB + 3 · C',
      'Gemm',
      [f([2, 1], 1, 2), f([2, 2], 1, 2, 3, 4), f([1], 10)],
      { transA: 1, alpha: 2, beta: 3 },
      [1, 2],
      [44, 50],
    ],
    [
      'convolution is not flipped',
      'Conv',
      [square, f([1, 1, 2, 2], 1, 10, 100, 1000)],
      {},
      [1, 1, 2, 2],
      [5421, 6532, 8754, 9865],
    ],
    [
      'convolution with pads',
      'Conv',
      [square, f([1, 1, 1, 2], 1, 10)],
      { pads: [0, 1, 0, 0] },
      [1, 1, 3, 3],
      [10, 21, 32, 40, 54, 65, 70, 87, 98],
    ],
    ['maximum of windows', 'MaxPool', [square], { kernel_shape: [2, 2] }, [1, 1, 2, 2], [5, 6, 8, 9]],
    [
      'mean of windows without the padding',
      'AveragePool',
      [square],
      { kernel_shape: [2, 2], strides: [2, 2], pads: [1, 1, 0, 0] },
      [1, 1, 2, 2],
      [1, 2.5, 5.5, 7],
    ],
    [
      'mean of windows with the padding',
      'AveragePool',
      [square],
      { kernel_shape: [2, 2], strides: [2, 2], pads: [1, 1, 0, 0], count_include_pad: 1 },
      [1, 1, 2, 2],
      [0.25, 1.25, 2.75, 7],
    ],
    ['mean of a plane', 'GlobalAveragePool', [square], {}, [1, 1, 1, 1], [5]],
    ['maximum of a plane', 'GlobalMaxPool', [square], {}, [1, 1, 1, 1], [9]],
    ['norm of a plane', 'GlobalLpPool', [f([1, 1, 2], 3, -4)], {}, [1, 1, 1], [5]],
    ['norms of windows', 'LpPool', [f([1, 1, 3], 3, -4, 0)], { kernel_shape: [2] }, [1, 1, 2], [5, 4]],
    [
      'a window of ceil_mode averages what is there',
      'AveragePool',
      [f([1, 1, 3], 2, 4, 6)],
      { kernel_shape: [2], strides: [2], ceil_mode: 1 },
      [1, 1, 2],
      [3, 6],
    ],
    [
      'a padding counted, but not beyond it',
      'AveragePool',
      [f([1, 1, 4], 2, 4, 6, 9)],
      { kernel_shape: [3], strides: [2], pads: [0, 1], ceil_mode: 1, count_include_pad: 1 },
      [1, 1, 2],
      [4, 5],
    ],
    [
      'an odd zero of SAME_LOWER lies before',
      'MaxPool',
      [f([1, 1, 3], 1, 2, 3)],
      { kernel_shape: [2], auto_pad: 'SAME_LOWER' },
      [1, 1, 3],
      [1, 2, 3],
    ],
    [
      'transposed convolution adds overlapping kernels',
      'ConvTranspose',
      [f([1, 1, 2], 1, 10), f([1, 1, 3], 1, 2, 3)],
      { strides: [2], output_padding: [1] },
      [1, 1, 6],
      [1, 2, 13, 20, 30, 0],
    ],
    [
      'transposed convolution to a shape cuts the odd element at the beginning',
      'ConvTranspose',
      [f([1, 1, 2], 1, 10), f([1, 1, 3], 1, 2, 3)],
      { strides: [2], output_shape: [4] },
      [1, 1, 4],
      [2, 13, 20, 30],
    ],
    [
      'layer normalisation, deviation 2 with epsilon',
      'LayerNormalization',
      [f([2, 2], 1, 3, 10, 10), f([2], 4, 4), f([2], 1, 0)],
      { epsilon: 3 },
      [2, 2],
      [-1, 2, 1, 0],
    ],
    [
      'batch normalisation by given statistics',
      'BatchNormalization',
      [f([1, 2, 2], 1, 3, 5, 9), f([2], 1, 10), f([2], 0, 100), f([2], 1, 5), f([2], 3, 15)],
      { epsilon: 1 },
      [1, 2, 2],
      [0, 1, 100, 110],
    ],
    [
      'root mean square with epsilon',
      'RMSNormalization',
      [f([2], 1, 7), f([2], 10, 1)],
      { epsilon: 0 },
      [2],
      [2, 1.4],
    ],
    ['a run of norm 0 stays', 'LpNormalization', [f([2, 2], 0, 0, 3, -4)], {}, [2, 2], [0, 0, 0.6, -0.8]],
    [
      'channels around, those that exist',
      'LRN',
      [f([1, 3, 1], 1, 2, 3)],
      { size: 3, alpha: 3, beta: 1, bias: 1 },
      [1, 3, 1],
      [1 / 6, 2 / 15, 3 / 14],
    ],
    [
      'a causal query sees its own place and those before',
      'Attention',
      [f([1, 1, 2, 1], 0, 0), f([1, 1, 2, 1], 1, 1), f([1, 1, 2, 1], 4, 8)],
      { is_causal: 1 },
      [1, 1, 2, 1],
      [4, 6],
    ],
    [
      'a recurrent sum of inputs',
      'RNN',
      [f([3, 1, 1], 1, 2, 3), f([1, 1, 1], 1), f([1, 1, 1], 1)],
      { activations: ['Affine'] },
      [3, 1, 1, 1],
      [1, 3, 6],
    ],
    [
      'a shorter sequence ends early, also backward',
      'RNN',
      [f([3, 1, 1], 1, 2, 3), f([1, 1, 1], 1), f([1, 1, 1], 1), f([1, 2], 0, 0), i([1], 2)],
      { activations: ['Relu'], direction: 'reverse' },
      [3, 1, 1, 1],
      [3, 2, 0],
    ],
    ['Relu at 0', 'Relu', [f([3], -1, 0, 2)], {}, [3], [0, 0, 2]],
    ['gradient of Relu at 0', 'ReluGrad', [f([3], 5, 6, 7), f([3], 0, 0, 2)], {}, [3], [0, 0, 7]],
    [
      'Softmax of equal scores',
      'Softmax',
      [f([1, 4], 1000, 1000, 1000, 1000)],
      {},
      [1, 4],
      [0.25, 0.25, 0.25, 0.25],
    ],
    ['first of equal maxima', 'ArgMax', [f([2, 3], 1, 7, 7, 3, 3, 0)], { axis: 1, keepdims: 0 }, [2], [1, 0]],
    ['gather with −1', 'Gather', [f([3], 10, 20, 30), i([4], 2, 0, -1, 0)], {}, [4], [30, 10, 30, 10]],
    [
      'gradient of gather adds repeats',
      'GatherGrad',
      [f([4], 1, 2, 4, 8), i([4], 2, 0, -1, 0)],
      { axis: 0, size: 3 },
      [3],
      [10, 0, 5],
    ],
    [
      'ties of a maximum: the first gets it',
      'ReduceMaxGrad',
      [f([2, 1], 10, 20), f([2, 3], 1, 3, 3, 5, 5, 5), f([2, 1], 3, 5)],
      { axes: [1] },
      [2, 3],
      [0, 10, 0, 20, 0, 0],
    ],
    [
      'overlapping windows add up at the first maximum',
      'MaxPoolGrad',
      [f([1, 1, 3], 1, 2, 4), f([1, 1, 4], 1, 9, 9, 0), f([1, 1, 3], 9, 9, 9)],
      { kernel_shape: [2] },
      [1, 1, 4],
      [0, 3, 4, 0],
    ],
    ['sum of integers', 'ReduceSum', [i([2, 2], 1, 2, 3, 4), i([1], 0)], { keepdims: 0 }, [2], [4, 6]],
    [
      'slice with step',
      'Slice',
      [f([5], 0, 1, 2, 3, 4), i([1], -4), i([1], 99), i([1], 0), i([1], 2)],
      {},
      [2],
      [1, 3],
    ],
    ['pad', 'Pad', [f([2], 1, 2), i([2], 1, 2), f([], 9)], {}, [5], [9, 1, 2, 9, 9]],
    ['transpose', 'Transpose', [f([2, 3], 1, 2, 3, 4, 5, 6)], {}, [3, 2], [1, 4, 2, 5, 3, 6]],
    ['concat', 'Concat', [f([2, 1], 1, 2), f([2, 2], 3, 4, 5, 6)], { axis: 1 }, [2, 3], [1, 3, 4, 2, 5, 6]],
    ['integers divide toward zero', 'Div', [i([2], -7, 7), i([], 2)], {}, [2], [-3, 3]],
    ['error function', 'Erf', [f([3], 0, 30, -30)], {}, [3], [0, 1, -1]],
    ['Gelu of 0 and far from it', 'Gelu', [f([3], 0, 40, -40)], {}, [3], [0, 40, -0]],
    ['LeakyRelu', 'LeakyRelu', [f([3], -4, 0, 2)], { alpha: 0.5 }, [3], [-2, 0, 2]],
    [
      'gradient of LeakyRelu at 0',
      'LeakyReluGrad',
      [f([3], 8, 8, 8), f([3], -1, 0, 1)],
      { alpha: 0.5 },
      [3],
      [4, 4, 8],
    ],
    [
      'PRelu with a slope per row',
      'PRelu',
      [f([2, 2], -4, 1, 2, -4), f([2, 1], 2, 3)],
      {},
      [2, 2],
      [-8, 1, 2, -12],
    ],
    ['Shrink', 'Shrink', [f([4], -2, -0.5, 0.5, 2)], { bias: 1, lambd: 0.5 }, [4], [-1, 0, 0, 1]],
    ['HardSwish', 'HardSwish', [f([4], -3, -1.5, 3, 6)], {}, [4], [-0, -0.375, 3, 6]],
    ['halves are rounded to even', 'Round', [f([5], -2.5, -0.5, 0.5, 1.5, 2.5)], {}, [5], [-2, 0, 0, 2, 2]],
    [
      'remainder with the sign of the divisor',
      'Mod',
      [i([4], 7, -7, 7, -7), i([4], 3, 3, -3, -3)],
      {},
      [4],
      [1, 2, -2, -1],
    ],
    [
      'remainder with the sign of the dividend',
      'Mod',
      [i([4], 7, -7, 7, -7), i([4], 3, 3, -3, -3)],
      { fmod: 1 },
      [4],
      [1, -1, 1, -1],
    ],
    [
      'sum of three that broadcast',
      'Sum',
      [f([2], 1, 2), f([2, 1], 10, 20), f([], 100)],
      {},
      [2, 2],
      [111, 112, 121, 122],
    ],
    ['mean of two', 'Mean', [f([2], 1, 2), f([1], 3)], {}, [2], [2, 2.5]],
    ['maximum of three', 'Max', [f([2], 1, 9), f([1], 5), f([], 3)], {}, [2], [5, 9]],
    ['an integer power of integers', 'Pow', [i([3], 2, -3, 5), i([3], 10, 3, 0)], {}, [3], [1024, -27, 1]],
    ['a negative power of integers is truncated', 'Pow', [i([2], 2, 1), f([], -1)], {}, [2], [0, 1]],
    ['product', 'ReduceProd', [f([2, 2], 2, 3, 0, 5)], { axes: [1], keepdims: 0 }, [2], [6, 0]],
    ['Euclidean norm', 'ReduceL2', [f([2, 2], 3, 4, 0, 0)], { axes: [1] }, [2, 1], [5, 0]],
    ['log-sum-exp of large numbers', 'ReduceLogSumExp', [f([1, 2], 2000, 0)], { axes: [1] }, [1, 1], [2000]],
    [
      'log-sum-exp of nothing likely',
      'ReduceLogSumExp',
      [f([2], -Infinity, -Infinity)],
      {},
      [1],
      [-Infinity],
    ],
    ['cumulative sum', 'CumSum', [f([3], 1, 2, 4), i([], 0)], {}, [3], [1, 3, 7]],
    ['what came before', 'CumSum', [f([3], 1, 2, 4), i([], 0)], { exclusive: 1 }, [3], [0, 1, 3]],
    ['what comes after', 'CumSum', [f([3], 1, 2, 4), i([], 0)], { exclusive: 1, reverse: 1 }, [3], [6, 4, 0]],
    ['the two largest, in order', 'TopK', [f([4], 1, 9, 3, 9), i([1], 2)], {}, [2], [9, 9]],
    ['the two smallest, in order', 'TopK', [f([4], 5, 9, 3, 9), i([1], 2)], { largest: 0 }, [2], [3, 5]],
    ['first of equal maxima is 1', 'Hardmax', [f([2, 3], 1, 7, 7, 3, 3, 0)], {}, [2, 3], [0, 1, 0, 1, 0, 0]],
    ['last of equal minima', 'ArgMin', [f([1, 3], 2, 1, 1)], { axis: 1, select_last_index: 1 }, [1, 1], [2]],
    [
      'weighted mean of likelihoods',
      'NegativeLogLikelihoodLoss',
      [f([2, 2], -1, -2, -3, -4), i([2], 0, 1), f([2], 3, 1)],
      {},
      [],
      [(3 * 1 + 1 * 4) / 4],
    ],
    ['clip', 'Clip', [f([3], -2, 0.5, 2), f([], -1), f([], 1)], {}, [3], [-1, 0.5, 1]],
  ])('%s', (_, op, inputs, attributes, shape, values) => {
    expect(run(op, inputs, attributes)).toEqual({ shape, values });
  });
});

test('the error function is right to the last digits', () => {
  const { values } = run('Erf', [f([5], 0.5, 1, 2, 3, 5)]);
  // Abramowitz & Stegun, table 7.1, and its continuation
  const known = [0.5204998778130465, 0.8427007929497149, 0.9953222650189527, 0.9999779095030014, 1];
  values.forEach((value, index) => {
    expect(value).toBeCloseTo(known[index]!, 11);
  });
});

test('integers are computed without rounding, and wrap around', () => {
  const large = 2n ** 53n + 1n;
  const of = (...values: bigint[]) => tensor('int64', [values.length], BigInt64Array.from(values));
  const exact = (op: OperationName, inputs: readonly Tensor[], attributes: Attributes = {}) => {
    const graph = createGraphBuilder();
    const values = inputs.map((value) => graph.constant(value));
    graph.output('out', graph.add(op, values, attributes));
    return Array.from<number | bigint>(evaluate(graph.build(), {}).outputs.get('out')!.data);
  };
  expect(exact('Add', [of(large), of(large)])).toEqual([2n ** 54n + 2n]);
  expect(exact('Sub', [of(large), of(2n)])).toEqual([2n ** 53n - 1n]);
  expect(exact('Max', [of(large, 0n), of(large - 1n)])).toEqual([large, large - 1n]);
  expect(exact('ReduceSum', [of(large, large, 1n)])).toEqual([2n ** 54n + 3n]);
  expect(exact('CumSum', [of(large, 1n), of(0n)])).toEqual([large, large + 1n]);
  const yes = tensor('bool', [], Uint8Array.of(1));
  expect(exact('Where', [yes, of(large), of(0n)])).toEqual([large]);
  expect(exact('Greater', [of(large), of(large - 1n)])).toEqual([1]);
  expect(exact('Equal', [of(large), of(large - 1n)])).toEqual([0]);
  expect(exact('Add', [of(2n ** 63n - 1n), of(1n)])).toEqual([-(2n ** 63n)]);
  expect(exact('Mul', [of(2n ** 62n), of(4n)])).toEqual([0n]);
  const bytes = tensor('uint8', [2], Uint8Array.of(3, 200));
  expect(exact('Sub', [bytes, tensor('uint8', [], Uint8Array.of(5))])).toEqual([254, 195]);
});

test('an integer divided by 0 is refused', () => {
  expect(() => run('Div', [i([2], 1, 2), i([2], 1, 0)])).toThrow('"B of Div" does not fit: it holds a 0');
  expect(() => run('Mod', [i([2], 1, 2), i([2], 1, 0)])).toThrow('"B of Mod" does not fit: it holds a 0');
});

test('a momentum of 0 makes the running statistics those of the batch, the variance that of the population', () => {
  const graph = createGraphBuilder();
  const inputs = [f([2, 1], 1, 5), f([1], 1), f([1], 0), f([1], 100), f([1], 100)];
  const nodes = inputs.map((value) => graph.constant(value));
  const [, mean, variance] = graph.addMany('BatchNormalization', nodes, { training_mode: 1, momentum: 0 }, 3);
  graph.output('mean', mean!);
  graph.output('variance', variance!);
  const { outputs } = evaluate(graph.build(), {});
  expect([...outputs].map(([name, { data }]) => [name, ...data])).toEqual([
    ['mean', 3],
    ['variance', 4],
  ]);
});

test('cross-entropy of a large score does not overflow', () => {
  const scores = f([2, 2], 2000, 0, 0, 0);
  const { values } = run('SoftmaxCrossEntropyLoss', [scores, i([2], 1, 0)], { reduction: 'none' });
  expect(values).toEqual([2000, Math.log(2)]);
});

test('an ignored label counts neither in the mean nor in the gradient', () => {
  const [scores, labels] = [f([3, 2], 0, 0, 0, 0, 0, 0), i([3], 0, -1, 1)];
  const attributes = { reduction: 'mean', ignore_index: -1 };
  expect(run('SoftmaxCrossEntropyLoss', [scores, labels], attributes).values[0]).toBeCloseTo(Math.LN2, 12);
  expect(run('SoftmaxCrossEntropyLossGrad', [f([], 1), scores, labels], attributes).values).toEqual([
    -0.25, 0.25, 0, 0, 0.25, -0.25,
  ]);
});

test('a label that is no class is refused', () => {
  expect(() => run('SoftmaxCrossEntropyLoss', [f([1, 3], 0, 0, 0), i([1], 3)])).toThrow(
    'SoftmaxCrossEntropyLoss got the index 3 for an axis of size 3',
  );
  expect(() => run('Gather', [f([3], 0, 0, 0), i([1], -4)])).toThrow('index -4 for an axis of size 3');
});

test('values are kept when asked for, and dropped after their last use otherwise', () => {
  const graph = createGraphBuilder();
  const x = graph.input('x', { dtype: 'float32', shape: ['batch'] });
  graph.output('y', graph.add('Exp', [graph.add('Neg', [x], {}, 'negative')], {}, 'result'));
  const feeds = { x: f([2], 0, Math.LN2) };
  const all = evaluate(graph.build(), feeds, { values: 'all' }).values;
  expect([...all.keys()]).toEqual(['x', 'negative', 'result']);
  expect([...evaluate(graph.build(), feeds).values.keys()]).toEqual(['x', 'result']);
});

describe('feeds are checked at the door', () => {
  const graph = createGraphBuilder();
  const x = graph.input('x', { dtype: 'float32', shape: ['batch', 2] });
  const w = graph.parameter('w', [2]);
  graph.output('y', graph.add('Mul', [x, w]));
  const built = graph.build();
  test.each([
    ['missing', { x: f([1, 2], 1, 2) }, 'The value fed as "w" does not fit: it is missing'],
    ['wrong shape', { x: f([1, 2], 1, 2), w: f([1], 1) }, 'it has shape [1] where [2] with batch 1 belongs'],
    ['wrong dtype', { x: f([1, 2], 1, 2), w: i([2], 1, 2) }, 'it is int64 where float32 belongs'],
  ])('%s', (_, feeds, message) => {
    expect(() => evaluate(built, feeds)).toThrow(message);
  });
});

test('a batch that is no whole number is refused', () => {
  const graph = createGraphBuilder();
  graph.output('y', graph.input('x', { dtype: 'float32', shape: ['2*batch'] }));
  expect(() => evaluate(graph.build(), { x: f([3], 1, 2, 3) })).toThrow('the batch size would be 1.5');
});
