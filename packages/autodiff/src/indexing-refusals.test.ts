import { describe, expect, test } from 'vitest';
import type { Shape } from './dim.ts';
import type { Attributes } from './graph.ts';
import { createGraphBuilder } from './graph-builder.ts';
import type { OperationName } from './operations/index.ts';

type Input = Shape | { readonly list: readonly number[] } | { readonly indices: Shape };

/** Adds one node called `node`: floats of a shape, constant lists, or fed indices of a shape. */
function add(op: OperationName, inputs: readonly Input[], attributes: Attributes = {}) {
  const graph = createGraphBuilder();
  const values = inputs.map((input, index) => {
    if ('list' in input) return graph.integers(input.list);
    if ('indices' in input) return graph.input(`i${index}`, { dtype: 'int64', shape: input.indices });
    return graph.input(`i${index}`, { dtype: 'float32', shape: input });
  });
  return graph.type(graph.add(op, values, attributes, 'node')).shape;
}
const list = (...values: number[]) => ({ list: values });

describe('shapes with the batch left open', () => {
  test.each<[OperationName, Input[], Attributes, Shape]>([
    ['Tile', [['batch', 2], list(2, 3)], {}, ['2*batch', 6]],
    ['Split', [['4*batch', 2]], { num_outputs: 2 }, ['2*batch', 2]],
    ['GatherND', [['batch', 4, 2], { indices: ['batch', 5, 1] }], { batch_dims: 1 }, ['batch', 5, 2]],
    ['OneHot', [{ indices: ['batch'] }, list(10), [2]], {}, ['batch', 10]],
    [
      'Einsum',
      [
        ['batch', 3, 4],
        [4, 5],
      ],
      { equation: 'bij,jk->bki' },
      ['batch', 5, 3],
    ],
    ['Slice', [['batch', 4], list(-1), list(-(2 ** 31)), list(0), list(-1)], {}, ['batch', 4]],
    ['Expand', [['batch', 1], list(2, 1, 3)], {}, [2, 'batch', 3]],
  ])('%s of %j with %j', (op, inputs, attributes, expected) => {
    expect(add(op, inputs, attributes)).toEqual(expected);
  });
});

describe('what cannot be expressed is refused', () => {
  test.each<[OperationName, Input[], Attributes, string]>([
    ['Tile', [['batch', 2], list(2)], {}, 'takes 2 repeats for [batch, 2], not 1'],
    ['Tile', [[2], { indices: [1] }], {}, 'the repeats must follow from shapes and constants'],
    [
      'Split',
      [['batch', 7]],
      { axis: 0, num_outputs: 2 },
      'axis 0 of [batch, 7] cannot be split into 2 parts',
    ],
    ['Split', [['batch', 7], list(3, 3)], { axis: 1 }, 'axis 1 of [batch, 7] cannot be split into [3, 3]'],
    ['Split', [[4], list(2, 2)], { num_outputs: 2 }, 'cannot be given beside the input split'],
    ['Pad', [['batch', 2], list(1, 0, 0, 0)], {}, 'axis 0 of [batch, 2] is the batch and cannot be padded'],
    ['Pad', [[2], list(-2, 1)], { mode: 'edge' }, 'nothing is left of axis 0 of [2] after pads of -2 and 1'],
    ['Pad', [[2], list(1, 1)], { mode: 'mirror' }, 'must be one of constant, reflect, edge, wrap'],
    ['Pad', [[2], { indices: [2] }], {}, 'takes pads and axes that follow from constants'],
    ['Slice', [[4], list(0), list(1), list(0), list(0)], {}, 'takes no step of 0'],
    ['Slice', [[4], { indices: [1] }, list(1)], {}, 'takes bounds that follow from shapes and constants'],
    [
      'GatherElements',
      [[2, 3], { indices: [3, 3] }],
      { axis: 1 },
      'indices [3, 3] do not lie in data [2, 3] beside axis 1',
    ],
    [
      'GatherND',
      [[2, 3], { indices: [4, 3] }],
      {},
      'indices [4, 3] hold rows of 3, which name no axes of [2, 3]',
    ],
    ['GatherND', [['batch', 3], { indices: [4, 1] }], { batch_dims: 1 }, 'differ in their first 1 axes'],
    ['ScatterElements', [[3], { indices: [2] }, [1]], {}, 'indices [2] and updates [1] differ in shape'],
    [
      'ScatterElements',
      [[3], { indices: [2] }, [2]],
      { reduction: 'mean' },
      'must be one of none, add, mul, max, min',
    ],
    [
      'ScatterND',
      [[3, 2], { indices: [4, 1] }, [4]],
      {},
      'updates [4] belong in [4, 2]: indices [4, 1] of [3, 2]',
    ],
    ['OneHot', [{ indices: [2] }, { indices: [1] }, [2]], {}, 'takes a depth that is a positive constant'],
    ['Einsum', [[2, 3], [4]], { equation: 'ij,j->i' }, '"j" is 3 in one place and 4 in another'],
    ['Einsum', [[2, 3]], { equation: 'ij->k' }, '"k" is in the result of "ij->k", but in no input'],
    ['Einsum', [[2, 3]], { equation: 'i->i' }, '"i" does not name the axes of [2, 3]'],
    ['Einsum', [['batch', 'batch']], { equation: 'ii' }, '"i" repeats, and a batch axis has no diagonal'],
    ['Einsum', [[2]], { equation: 'i$' }, 'may hold letters, commas, one ... in each term and ->'],
    [
      'Resize',
      [
        [2, 2],
        ['batch', 1],
      ],
      {},
      'takes a roi and scales that are constants',
    ],
    ['Resize', [[2, 2]], {}, 'takes either scales or sizes'],
    [
      'DepthToSpace',
      [['batch', 3, 2, 2]],
      { blocksize: 2 },
      '3 channels of [batch, 3, 2, 2] are no multiple of 2 × 2',
    ],
    ['DepthToSpace', [['batch', 4, 2, 2]], {}, 'attribute "blocksize" is missing'],
    [
      'SpaceToDepth',
      [['batch', 4, 3, 2]],
      { blocksize: 2 },
      'the plane of [batch, 4, 3, 2] has no blocks of 2 × 2',
    ],
    ['Trilu', [[3]], {}, 'takes matrices, not [3]'],
    ['NonZero', [[3]], {}, 'takes a constant only: the size of its result depends on the values'],
    ['Unique', [[3]], {}, 'takes a constant only: the size of its result depends on the values'],
    [
      'ReverseSequence',
      [['batch', 3], { indices: ['batch'] }],
      {},
      'takes one length per sample of [batch, 3] along axis 1, not [batch]',
    ],
  ])('%s of %j with %j', (op, inputs, attributes, problem) => {
    expect(() => add(op, inputs, attributes)).toThrow(problem);
  });

  test('a resize beyond all measure', () => {
    const graph = createGraphBuilder();
    const scales = graph.constant({ dtype: 'float32', shape: [1], data: Float32Array.of(1e9) });
    expect(() => graph.add('Resize', [graph.parameter('x', [4]), '', scales], { mode: 'linear' })).toThrow(
      'axis 0 of size 4 is too long to become 4000000000',
    );
  });

  test('a resize of the batch', () => {
    const graph = createGraphBuilder();
    const x = graph.input('x', { dtype: 'float32', shape: ['batch', 4] });
    const scales = graph.constant({ dtype: 'float32', shape: [2], data: Float32Array.of(2, 1) });
    expect(() => graph.add('Resize', [x, '', scales], {}, 'node')).toThrow(
      'Node "node" (Resize): [batch, 4] axis 0 is the batch, which cannot be resized by 2',
    );
  });

  test('a Compress by what is fed', () => {
    const graph = createGraphBuilder();
    const condition = graph.input('c', { dtype: 'bool', shape: [2] });
    expect(() => graph.add('Compress', [graph.parameter('x', [2]), condition])).toThrow(
      'takes a condition that is a constant: the size of its result depends on it',
    );
  });

  test('dropout in training mode', () => {
    const graph = createGraphBuilder();
    const on = graph.constant({ dtype: 'bool', shape: [], data: Uint8Array.of(1) });
    expect(() => graph.add('Dropout', [graph.parameter('x', [2]), graph.scalar(0.5), on])).toThrow(
      'draws nothing at random: training mode needs a mask that is fed',
    );
  });
});
