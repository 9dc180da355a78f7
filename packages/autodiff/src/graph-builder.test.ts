import { isDescentError } from '@descent/errors';
import { describe, expect, test } from 'vitest';
import { differentiate } from './differentiate.ts';
import type { Shape } from './dim.ts';
import type { Attributes } from './graph.ts';
import { createGraphBuilder } from './graph-builder.ts';
import type { OperationName } from './operations/index.ts';

/** Adds one node called `node` on float inputs of the given shapes. */
function add(
  op: OperationName,
  shapes: readonly Shape[],
  attributes?: Attributes,
  integers: readonly number[][] = [],
) {
  const graph = createGraphBuilder();
  const inputs = shapes.map((shape, index) => graph.input(`i${index}`, { dtype: 'float32', shape }));
  const lists = integers.map((list) => graph.integers(list));
  return graph.type(graph.add(op, [...inputs, ...lists], attributes, 'node')).shape;
}

describe('shapes are inferred with the batch left open', () => {
  test.each<[OperationName, Shape[], Attributes | undefined, number[][], Shape]>([
    [
      'MatMul',
      [
        ['batch', 784],
        [784, 128],
      ],
      undefined,
      [],
      ['batch', 128],
    ],
    [
      'MatMul',
      [
        ['batch', 1, 2, 4],
        [5, 4, 3],
      ],
      undefined,
      [],
      ['batch', 5, 2, 3],
    ],
    [
      'Gemm',
      [
        [784, 'batch'],
        [10, 784],
      ],
      { transA: 1, transB: 1 },
      [],
      ['batch', 10],
    ],
    [
      'Add',
      [
        ['batch', 1, 3],
        [4, 1],
      ],
      undefined,
      [],
      ['batch', 4, 3],
    ],
    ['Reshape', [['batch', 28, 28]], undefined, [[0, -1]], ['batch', 784]],
    ['Reshape', [['batch', 28, 28]], undefined, [[-1, 28]], ['28*batch', 28]],
    ['Flatten', [['batch', 7, 7, 64]], undefined, [], ['batch', 3136]],
    ['Flatten', [['batch', 7, 64]], { axis: 2 }, [], ['7*batch', 64]],
    ['Transpose', [['batch', 28, 28, 1]], { perm: [0, 3, 1, 2] }, [], ['batch', 1, 28, 28]],
    ['ReduceSum', [['batch', 10]], { keepdims: 0 }, [[0]], [10]],
    ['ReduceMean', [['batch', 10]], { axes: [-1] }, [], ['batch', 1]],
    [
      'Conv',
      [
        ['batch', 3, 32, 32],
        [16, 3, 3, 3],
      ],
      { strides: [2, 2], pads: [1, 1, 1, 1] },
      [],
      ['batch', 16, 16, 16],
    ],
    [
      'Conv',
      [
        ['batch', 3, 31, 31],
        [16, 3, 5, 5],
      ],
      { auto_pad: 'SAME_UPPER', strides: [2, 2] },
      [],
      ['batch', 16, 16, 16],
    ],
    ['MaxPool', [['batch', 3, 7, 7]], { kernel_shape: [2, 2], strides: [2, 2] }, [], ['batch', 3, 3, 3]],
    ['GlobalAveragePool', [['batch', 64, 7, 7]], undefined, [], ['batch', 64, 1, 1]],
    [
      'Concat',
      [
        ['batch', 3],
        ['batch', 4],
      ],
      { axis: 1 },
      [],
      ['batch', 7],
    ],
    [
      'Concat',
      [
        ['batch', 3],
        ['batch', 3],
      ],
      { axis: 0 },
      [],
      ['2*batch', 3],
    ],
    ['Unsqueeze', [['batch', 3]], undefined, [[0, 3]], [1, 'batch', 3, 1]],
    ['Slice', [['batch', 9]], undefined, [[1], [-1], [1], [3]], ['batch', 3]],
    ['Pad', [['batch', 9]], undefined, [[0, 1, 0, 2]], ['batch', 12]],
    ['ArgMax', [['batch', 10]], { axis: 1, keepdims: 0 }, [], ['batch']],
    ['ReduceL2', [['batch', 4, 10]], { axes: [1, -1] }, [], ['batch', 1, 1]],
    ['TopK', [['batch', 10]], undefined, [[3]], ['batch', 3]],
    ['CumSum', [['batch', 10]], undefined, [[1]], ['batch', 10]],
    [
      'Sum',
      [
        ['batch', 1],
        [1, 4],
        [2, 1, 1],
      ],
      undefined,
      [],
      [2, 'batch', 4],
    ],
  ])('%s of %j with %j and %j', (op, shapes, attributes, integers, expected) => {
    expect(add(op, shapes, attributes, integers)).toEqual(expected);
  });
});

describe('what does not fit is refused with the node and both shapes', () => {
  test.each<[OperationName, Shape[], Attributes | undefined, number[][], string]>([
    [
      'MatMul',
      [
        ['batch', 784],
        [512, 10],
      ],
      undefined,
      [],
      'Node "node" (MatMul): cannot multiply [batch, 784] by [512, 10]: the inner sizes 784 and 512 differ',
    ],
    [
      'ConvTranspose',
      [
        [1, 2, 3],
        [3, 1, 2],
      ],
      undefined,
      [],
      'Node "node" (ConvTranspose): X [1, 2, 3] has 2 channels, W [3, 1, 2] is for 3',
    ],
    [
      'LayerNormalization',
      [['batch', 4], [3]],
      undefined,
      [],
      'Node "node" (LayerNormalization): Scale [3] does not broadcast to X [batch, 4]',
    ],
    [
      'BatchNormalization',
      [['batch', 4], [3], [4], [4], [4]],
      undefined,
      [],
      'Node "node" (BatchNormalization): scale is [3], but there are 4 channels',
    ],
    [
      'Attention',
      [
        ['batch', 2, 4, 6],
        ['batch', 2, 4, 5],
        ['batch', 2, 4, 6],
      ],
      undefined,
      [],
      'Node "node" (Attention): K [batch, 2, 4, 5] and V [batch, 2, 4, 6] must be [batch, 2, 4, 6] and [batch, 2, 4, 6]',
    ],
    [
      'LSTM',
      [
        [3, 'batch', 2],
        [1, 6, 2],
        [1, 8, 2],
      ],
      undefined,
      [],
      'Node "node" (LSTM): W is [1, 6, 2], but [1, 8, 2] belongs here',
    ],
    [
      'GRU',
      [
        ['batch', 3, 2],
        [1, 6, 2],
        [1, 6, 2],
      ],
      undefined,
      [],
      'Node "node" (GRU): the steps and features of X [batch, 3, 2] must not hold the batch',
    ],
    [
      'Add',
      [['batch', 3], [4]],
      undefined,
      [],
      'Node "node" (Add): shapes [batch, 3] and [4] do not broadcast',
    ],
    [
      'Add',
      [
        ['batch', 3],
        [2, 3],
      ],
      undefined,
      [],
      'Node "node" (Add): shapes [batch, 3] and [2, 3] do not broadcast',
    ],
    [
      'Gemm',
      [
        [2, 3],
        [4, 5],
      ],
      undefined,
      [],
      'Node "node" (Gemm): cannot multiply [2, 3] by [4, 5]: the inner sizes 3 and 4 differ',
    ],
    ['Gemm', [[2, 3], [3, 5], [4]], undefined, [], 'Node "node" (Gemm): [4] does not broadcast to [2, 5]'],
    [
      'Reshape',
      [['batch', 6]],
      undefined,
      [[-1, 4]],
      'Node "node" (Reshape): cannot reshape [batch, 6] to [-1, 4]: no size fits in place of −1',
    ],
    [
      'Reshape',
      [['batch', 6]],
      undefined,
      [[6]],
      'Node "node" (Reshape): cannot reshape [batch, 6] to [6]: the numbers of elements differ',
    ],
    [
      'Reshape',
      [[6]],
      undefined,
      [[-1, -1]],
      'Node "node" (Reshape): cannot reshape [6] to [-1, -1]: each size is positive, 0 or (once) −1',
    ],
    [
      'Conv',
      [
        ['batch', 3, 8, 8],
        [4, 2, 3, 3],
      ],
      undefined,
      [],
      'Node "node" (Conv): X [batch, 3, 8, 8] has 3 channels, W [4, 2, 3, 3] in 1 groups is for 2',
    ],
    [
      'Conv',
      [
        ['batch', 1, 2, 8],
        [4, 1, 3, 3],
      ],
      undefined,
      [],
      'Node "node" (Conv): a window of [3, 3] (dilations [1, 1]) does not fit into [2, 8] with pads [0, 0, 0, 0]',
    ],
    [
      'Concat',
      [
        ['batch', 3],
        ['batch', 4],
      ],
      { axis: 0 },
      [],
      'Node "node" (Concat): cannot join [batch, 3], [batch, 4] along axis 0',
    ],
    [
      'PRelu',
      [
        [2, 1],
        [2, 3],
      ],
      undefined,
      [],
      'Node "node" (PRelu): the slope [2, 3] does not broadcast to X [2, 1]',
    ],
    ['TopK', [['batch', 3]], undefined, [[4]], 'Node "node" (TopK): K is 4 for an axis of size 3'],
    [
      'TopK',
      [['batch', 3]],
      { axis: 0 },
      [[1]],
      'Node "node" (TopK): axis 0 of [batch, 3] is the batch, whose size is not known',
    ],
    ['CumSum', [[2, 3]], undefined, [[0, 1]], 'Node "node" (CumSum): the axis must be one integer'],
    [
      'Squeeze',
      [['batch', 3]],
      undefined,
      [[1]],
      'Node "node" (Squeeze): axis 1 of [batch, 3] is not 1 and cannot be dropped',
    ],
    [
      'Slice',
      [['batch', 3]],
      undefined,
      [[0], [2]],
      'Node "node" (Slice): axis 0 of [batch, 3] is the batch and cannot be cut',
    ],
  ])('%s of %j with %j and %j', (op, shapes, attributes, integers, message) => {
    expect(() => add(op, shapes, attributes, integers)).toThrow(message);
  });
});

describe('attributes are refused by name', () => {
  test.each<[OperationName, Shape[], Attributes, string]>([
    ['Relu', [[2]], { alpha: 1 }, 'attribute "alpha" is unknown: it has none'],
    ['Softmax', [[2]], { axes: 1 }, 'attribute "axes" is unknown: it has axis'],
    ['Softmax', [[2]], { axis: 1 }, 'attribute "axis" is 1, but the input has 1 axes'],
    ['Softmax', [[2]], { axis: 0.5 }, 'attribute "axis" must be an integer'],
    [
      'Gemm',
      [
        [2, 2],
        [2, 2],
      ],
      { alpha: Number.NaN },
      'attribute "alpha" must be a finite number',
    ],
    ['Transpose', [[2, 3]], { perm: [0, 0] }, 'attribute "perm" [0, 0] is no order of 2 axes'],
    [
      'MaxPool',
      [[1, 1, 4, 4]],
      { kernel_shape: [2, 2], strides: [0, 1] },
      'attribute "strides" must be 2 integers of at least 1',
    ],
    [
      'MaxPool',
      [[1, 1, 4, 4]],
      { kernel_shape: [2, 2], pads: [2, 0, 0, 0] },
      'attribute "pads" [2, 0, 0, 0] must be smaller than the window',
    ],
    [
      'MaxPool',
      [[1, 1, 4, 4]],
      { kernel_shape: [2, 2], storage_order: 2 },
      'attribute "storage_order" must be 0 or 1',
    ],
    [
      'MaxPool',
      [[1, 1, 1]],
      { kernel_shape: [2], dilations: [2], pads: [1, 1] },
      'attribute "pads" [1, 1] must be smaller than the window',
    ],
    [
      'ConvTranspose',
      [
        [1, 4, 3],
        [4, 1, 2],
      ],
      { group: 3 },
      'attribute "group" is 3, which does not divide the 4 channels',
    ],
    [
      'ConvTranspose',
      [
        [1, 1, 2],
        [1, 1, 2],
      ],
      { strides: [2], pads: [2, 2], output_padding: [1] },
      'attribute "pads" [2, 2] cut off all of [4]',
    ],
    ['LRN', [[1, 2, 3]], {}, 'attribute "size" is missing'],
    ['LpNormalization', [[2]], { p: 3 }, 'attribute "p" must be 1 or 2'],
    [
      'GroupNormalization',
      [['batch', 6, 2], [6], [6]],
      { num_groups: 4 },
      'attribute "num_groups" is 4, which does not divide the 6 channels',
    ],
    [
      'BatchNormalization',
      [['batch', 2], [2], [2], [2], [2]],
      { momentum: 1.5 },
      'attribute "momentum" must be from 0 to 1',
    ],
    [
      'Attention',
      [
        ['batch', 4, 6],
        ['batch', 4, 6],
        ['batch', 4, 6],
      ],
      { q_num_heads: 4, kv_num_heads: 3 },
      'attribute "q_num_heads" is 4, which does not divide the last axis of [batch, 4, 6]',
    ],
    [
      'Attention',
      [
        ['batch', 2, 4, 6],
        ['batch', 2, 4, 6],
        ['batch', 2, 4, 6],
      ],
      { qk_matmul_output_mode: 1 },
      'attribute "qk_matmul_output_mode" must be 0 or 3',
    ],
    [
      'LSTM',
      [
        [3, 'batch', 2],
        [1, 8, 2],
        [1, 8, 2],
      ],
      { activations: ['Sigmoid', 'Tanh'] },
      'attribute "activations" has 2 names where 3 belong',
    ],
    [
      'RNN',
      [
        [3, 'batch', 2],
        [1, 2, 2],
        [1, 2, 2],
      ],
      { activations: ['Swish'] },
      'attribute "activations" has "Swish", not one of Affine, Elu,',
    ],
    [
      'AveragePool',
      [[1, 1, 4, 4]],
      { kernel_shape: [2, 2], auto_pad: 'SAME' },
      'attribute "auto_pad" must be one of NOTSET, VALID, SAME_UPPER, SAME_LOWER',
    ],
    [
      'Conv',
      [
        [1, 4, 4, 4],
        [6, 2, 1, 1],
      ],
      { group: 4 },
      'attribute "group" is 4, which does not divide the 6 filters',
    ],
    ['Gelu', [[2]], { approximate: 'fast' }, 'attribute "approximate" must be none or tanh'],
    ['Celu', [[2]], { alpha: 0 }, 'attribute "alpha" must not be 0'],
    ['Mod', [[2], [2]], {}, 'attribute "fmod" must be 1 for floats'],
    ['ReduceMean', [[2, 3]], { axes: [0, -2] }, 'attribute "axes" names an axis twice: [0, -2]'],
  ])('%s of %j with %j', (op, shapes, attributes, message) => {
    expect(() => add(op, shapes, attributes)).toThrow(message);
  });
});

test('a wrong number of inputs is refused with their names', () => {
  expect(() => add('MatMul', [[2, 2]])).toThrow('Node "node" (MatMul): takes 2 inputs (A, B), not 1');
});

test('a wrong dtype is refused with what belongs there', () => {
  const graph = createGraphBuilder();
  const labels = graph.input('labels', { dtype: 'int32', shape: ['batch'] });
  expect(() => graph.add('Relu', [labels], {}, 'act')).toThrow(
    'Node "act" (Relu): input X is int32, but float32 belongs there',
  );
});

test('an operation that does not exist is refused, with the nearest in another case', () => {
  const graph = createGraphBuilder();
  const x = graph.input('x', { dtype: 'float32', shape: [1] });
  try {
    graph.add('relu' as OperationName, [x], {}, 'act');
    expect.unreachable();
  } catch (error) {
    if (!isDescentError(error, 'GRAPH_OPERATION_UNKNOWN')) throw error;
    expect(error.message).toBe('Node "act": there is no operation "relu"');
    expect(error.details).toMatchObject({ didYouMean: 'Relu' });
  }
  expect(() => graph.add('constructor' as OperationName, [x])).toThrow('there is no operation "constructor"');
});

test('a value that does not exist is refused with the node that wants it', () => {
  expect(() => createGraphBuilder().add('Relu', ['hidden'], {}, 'act')).toThrow(
    '"act" refers to the value "hidden", which the graph does not have',
  );
});

test('a name is given once', () => {
  const graph = createGraphBuilder();
  graph.parameter('w', [1]);
  expect(() => graph.input('w', { dtype: 'float32', shape: [1] })).toThrow('The name "w" is used twice');
});

test.each<[Shape, string]>([
  [[0], '0 is no dimension'],
  [[-3, 2], '-3 is no dimension'],
  [[1e15, 1e15], 'too many elements'],
])('a parameter of shape %j is refused', (shape, problem) => {
  expect(() => createGraphBuilder().parameter('w', shape)).toThrow(problem);
});

test('a product too large to count is refused at its node', () => {
  expect(() =>
    add('MatMul', [
      [1e9, 1],
      [1, 1e9],
    ]),
  ).toThrow('"node" has the shape [1000000000, 1000000000]');
});

test('names are derived from layer and operation', () => {
  const graph = createGraphBuilder();
  const x = graph.input('x', { dtype: 'float32', shape: [2] });
  const names = graph.inLayer('dense', () => [graph.add('Relu', [x]), graph.add('Relu', [x])]);
  expect(names).toEqual(['dense/Relu', 'dense/Relu_2']);
  expect(graph.add('Relu', [x])).toBe('Relu');
  expect(graph.build().nodes.map((node) => node.layer)).toEqual(['dense', 'dense', undefined]);
});

test('equal scalars and integer lists are one constant; 0 and −0 are two', () => {
  const graph = createGraphBuilder();
  expect(graph.scalar(0.5)).toBe(graph.scalar(0.5));
  expect(graph.integers([1, 2])).toBe(graph.integers([1, 2]));
  expect(graph.scalar(0)).not.toBe(graph.scalar(-0));
});

test('extending a graph leaves the first as it was, and shares its constants', () => {
  const builder = createGraphBuilder();
  const x = builder.input('x', { dtype: 'float32', shape: [2] });
  builder.add('Mul', [x, builder.scalar(2)]);
  const first = builder.build();
  const extended = createGraphBuilder(first);
  extended.add('Mul', [x, extended.scalar(2)]);
  expect(first.nodes.map((node) => node.name)).toEqual(['Mul']);
  expect(extended.build().nodes.map((node) => node.name)).toEqual(['Mul', 'Mul_2']);
  expect([...extended.build().constants.keys()]).toEqual(['constant/2']);
});

test('class weights are one per class, and get no gradient from the fused loss', () => {
  const graph = createGraphBuilder();
  const scores = graph.parameter('scores', [2, 3]);
  const labels = graph.input('labels', { dtype: 'int64', shape: [2] });
  const wrong = graph.parameter('wrong', [2]);
  expect(() => graph.add('SoftmaxCrossEntropyLoss', [scores, labels, wrong], {}, 'node')).toThrow(
    'Node "node" (SoftmaxCrossEntropyLoss): weights are one per class, so [3]; they are [2]',
  );
  const weights = graph.parameter('weights', [3]);
  graph.output('loss', graph.add('SoftmaxCrossEntropyLoss', [scores, labels, weights], {}, 'node'));
  expect(() => differentiate(graph.build(), 'loss', ['weights'])).toThrow(
    'no gradient flows to the class weights of node "node" (SoftmaxCrossEntropyLoss)',
  );
});

test('dtypes that an operator does not take are refused', () => {
  const graph = createGraphBuilder();
  const bytes = graph.input('bytes', { dtype: 'uint8', shape: [2] });
  const whole = graph.input('whole', { dtype: 'int32', shape: [2] });
  expect(() => graph.add('Neg', [bytes], {}, 'node')).toThrow(
    'input X is uint8, but a signed number belongs there',
  );
  expect(() => graph.add('Pow', [bytes, bytes], {}, 'node')).toThrow(
    'input A is uint8, but a signed number belongs there',
  );
  expect(() => graph.add('BitShift', [whole, whole], { direction: 'LEFT' }, 'node')).toThrow(
    'takes uint8, not int32',
  );
  expect(() => graph.add('BitShift', [bytes, bytes], {}, 'node')).toThrow(
    'attribute "direction" must be LEFT or RIGHT',
  );
});
