import { type Tensor, tensor } from '@descent/tensors';
import { describe, expect, test } from 'vitest';
import { differentiate } from './differentiate.ts';
import { evaluate } from './evaluate.ts';
import type { Attributes } from './graph.ts';
import { createGraphBuilder } from './graph-builder.ts';
import type { OperationName } from './operations/index.ts';

const f = (shape: readonly number[], ...values: number[]) =>
  tensor('float32', shape, Float32Array.from(values));
const i = (shape: readonly number[], ...values: number[]) =>
  tensor('int64', shape, BigInt64Array.from(values, BigInt));
const b = (shape: readonly number[], ...values: number[]) => tensor('bool', shape, Uint8Array.from(values));

/** Values of all outputs of one node whose inputs are constants. */
function run(op: OperationName, inputs: readonly Tensor[], attributes: Attributes = {}, outputs = 1) {
  const graph = createGraphBuilder();
  const values = graph.addMany(
    op,
    inputs.map((value) => graph.constant(value)),
    attributes,
    outputs,
  );
  values.forEach((value, index) => {
    graph.output(`${index}`, value);
  });
  return [...evaluate(graph.build(), {}).outputs.values()].map(({ data }) => Array.from(data, Number));
}

/** Gradient of Σ weights · op(…) by each float input, which are all fed. */
function gradients(
  op: OperationName,
  inputs: readonly Tensor[],
  attributes: Attributes,
  weights: readonly number[],
) {
  const graph = createGraphBuilder();
  const names = inputs.map((value, index) =>
    value.dtype === 'float32' ? graph.input(`x${index}`, value) : graph.constant(value),
  );
  const out = graph.add(op, names, attributes);
  const factors = graph.constant(
    tensor('float32', graph.type(out).shape as number[], Float32Array.from(weights)),
  );
  graph.output('loss', graph.add('ReduceSum', [graph.add('Mul', [out, factors])], { keepdims: 0 }));
  const wrt = names.filter((name) => name.startsWith('x'));
  const feeds = Object.fromEntries(wrt.map((name) => [name, inputs[names.indexOf(name)]!]));
  const { outputs } = evaluate(differentiate(graph.build(), 'loss', wrt), feeds, { batch: 1 });
  return wrt.map((name) => Array.from(outputs.get(`gradient/${name}`)!.data, Number));
}

describe('values worked by hand', () => {
  test.each<[string, OperationName, Tensor[], Attributes, number[]]>([
    [
      'a slice backwards',
      'Slice',
      [f([4], 0, 1, 2, 3), i([1], 3), i([1], -9), i([1], 0), i([1], -2)],
      {},
      [3, 1],
    ],
    ['tiles', 'Tile', [f([1, 2], 1, 2), i([2], 2, 2)], {}, [1, 2, 1, 2, 1, 2, 1, 2]],
    [
      'reflection leaves out the edge',
      'Pad',
      [f([3], 1, 2, 3), i([2], 2, 1)],
      { mode: 'reflect' },
      [3, 2, 1, 2, 3, 2],
    ],
    [
      'reflection there and back',
      'Pad',
      [f([2], 1, 2), i([2], 0, 5)],
      { mode: 'reflect' },
      [1, 2, 1, 2, 1, 2, 1],
    ],
    ['edges', 'Pad', [f([2], 1, 2), i([2], 2, 1)], { mode: 'edge' }, [1, 1, 1, 2, 2]],
    ['wrapping', 'Pad', [f([3], 1, 2, 3), i([2], 1, 4)], { mode: 'wrap' }, [3, 1, 2, 3, 1, 2, 3, 1]],
    ['a negative pad cuts', 'Pad', [f([3], 1, 2, 3), i([2], -1, 1), f([], 9)], {}, [2, 3, 9]],
    [
      'elements along an axis',
      'GatherElements',
      [f([2, 2], 1, 2, 3, 4), i([2, 1], 1, 0)],
      { axis: 1 },
      [2, 3],
    ],
    [
      'repeated updates add',
      'ScatterElements',
      [f([3], 1, 1, 1), i([3], 0, 0, -1), f([3], 2, 3, 4)],
      { reduction: 'add' },
      [6, 1, 5],
    ],
    [
      'the last repeated update stays',
      'ScatterElements',
      [f([2], 1, 1), i([2], 0, 0), f([2], 2, 3)],
      {},
      [3, 1],
    ],
    ['rows replaced', 'ScatterND', [f([2, 2], 1, 2, 3, 4), i([1, 1], 1), f([1, 2], 8, 9)], {}, [1, 2, 8, 9]],
    [
      'an index out of range marks nothing',
      'OneHot',
      [i([3], 1, -1, 2), i([1], 2), f([2], 0, 1)],
      {},
      [0, 1, 0, 1, 0, 0],
    ],
    ['upper triangle', 'Trilu', [f([2, 2], 1, 2, 3, 4)], {}, [1, 2, 0, 4]],
    ['strictly lower triangle', 'Trilu', [f([2, 2], 1, 2, 3, 4), i([], -1)], { upper: 0 }, [0, 0, 3, 0]],
    ['a trace', 'Einsum', [f([2, 2], 1, 2, 3, 4)], { equation: 'ii' }, [5]],
    ['an outer product', 'Einsum', [f([2], 1, 2), f([2], 3, 4)], { equation: 'i, j' }, [3, 4, 6, 8]],
    [
      'a quadratic form',
      'Einsum',
      [f([2], 1, 2), f([2, 2], 1, 2, 3, 4), f([2], 1, 1)],
      { equation: 'i,ij,j->' },
      [17],
    ],
    [
      'each half twice',
      'Resize',
      [f([1, 2], 1, 2), f([0]), f([2], 1, 2)],
      { coordinate_transformation_mode: 'asymmetric' },
      [1, 1, 2, 2],
    ],
    [
      'a line through two points',
      'Resize',
      [f([2], 0, 2), f([0]), f([1], 1.5)],
      { mode: 'linear', coordinate_transformation_mode: 'align_corners' },
      [0, 1, 2],
    ],
    [
      'the first two steps turned',
      'ReverseSequence',
      [f([1, 3], 1, 2, 3), i([1], 2)],
      { batch_axis: 0, time_axis: 1 },
      [2, 1, 3],
    ],
    ['chosen elements', 'Compress', [f([3], 1, 2, 3), b([2], 0, 1)], {}, [2]],
    ['steps down', 'Range', [i([], 5), i([], 0), i([], -2)], {}, [5, 3, 1]],
    ['nothing to count', 'Range', [i([], 1), i([], 1), i([], 1)], {}, []],
    ['off the diagonal', 'EyeLike', [f([2, 3], 0, 0, 0, 0, 0, 0)], { k: 1 }, [0, 1, 0, 0, 0, 1]],
    [
      'blocks of depth, columns first',
      'DepthToSpace',
      [f([1, 4, 1, 1], 1, 2, 3, 4)],
      { blocksize: 2, mode: 'CRD' },
      [1, 2, 3, 4],
    ],
    ['rows and columns of what is not 0', 'NonZero', [f([2, 2], 0, 1, 2, 0)], {}, [0, 1, 1, 0]],
  ])('%s', (_, op, inputs, attributes, values) => {
    expect(run(op, inputs, attributes)).toEqual([values]);
  });

  test('parts of which the last is smaller', () => {
    expect(run('Split', [f([5], 1, 2, 3, 4, 5)], { num_outputs: 3 }, 3)).toEqual([[1, 2], [3, 4], [5]]);
  });

  test('what is different, where it first appears, and how often', () => {
    expect(run('Unique', [f([4], 3, 1, 3, 2)], {}, 4)).toEqual([
      [1, 2, 3],
      [1, 3, 0],
      [2, 0, 2, 1],
      [1, 1, 2],
    ]);
    expect(run('Unique', [f([4], 3, 1, 3, 2)], { sorted: 0 }, 4)[0]).toEqual([3, 1, 2]);
  });
});

describe('gradients where differences say nothing', () => {
  test('the data wins a tie of a scattered maximum; equal updates share', () => {
    const inputs = [f([2], 5, 1), i([4], 0, 0, 1, 1), f([4], 5, 4, 3, 3)];
    expect(gradients('ScatterElements', inputs, { reduction: 'max' }, [10, 20])).toEqual([
      [10, 0],
      [0, 0, 10, 10],
    ]);
  });

  test('one zero among the factors takes the whole gradient; of two, none does', () => {
    const inputs = [f([2], 2, 0), i([3], 0, 0, 1), f([3], 0, 3, 0)];
    expect(gradients('ScatterElements', inputs, { reduction: 'mul' }, [1, 1])).toEqual([
      [0, 0],
      [6, 0, 0],
    ]);
  });

  test('a slice of nothing has a gradient of zeros', () => {
    const bounds = [i([1], 2), i([1], 1), i([1], 0)];
    expect(gradients('Slice', [f([2], 1, 2), ...bounds], {}, [])).toEqual([[0, 0]]);
  });
});

test('an index out of range is refused with its operation', () => {
  expect(() => run('GatherElements', [f([2], 1, 2), i([1], 2)])).toThrow(
    'GatherElements got the index 2 for an axis of size 2',
  );
  expect(() => run('ScatterND', [f([2], 1, 2), i([1, 1], -3), f([1], 0)])).toThrow(
    'ScatterND got the index -3 for an axis of size 2',
  );
});
