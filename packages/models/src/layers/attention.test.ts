import { evaluate, type Feeds } from '@descent/autodiff';
import { tensor } from '@descent/tensors';
import { describe, expect, it } from 'vitest';
import { inferenceGraph } from '../graphs.ts';
import { after, compiled, floats, outputOf } from '../reference.fixture.ts';

const unit = floats([2, 2], [1, 0, 0, 1]);
const projections = (name: string): Feeds =>
  Object.fromEntries(
    ['query', 'key', 'value', 'output'].map((role) => [`${name}/${role}/kernel`, unit] as const),
  );
const attention = { type: 'multiHeadAttention', name: 'a', useBias: false } as const;
const loss = { type: 'meanSquaredError', labels: 'y' };

function close(actual: readonly number[], expected: readonly number[]) {
  expect(actual.length).toBe(expected.length);
  for (const [index, value] of expected.entries()) expect(actual[index]).toBeCloseTo(value, 6);
}

describe('multiHeadAttention', () => {
  // Query k: weights softmax(q · kᵀ ÷ √2) over the rows (1, 0) and (0, 1).
  const x = floats([1, 2, 2], [1, 0, 0, 1]);
  const large = Math.exp(Math.SQRT1_2) / (Math.exp(Math.SQRT1_2) + 1);

  it('mixes the values by the softmax of the scaled products', () => {
    const { values, shape } = after([2, 2], [{ ...attention, heads: 1 }], { x, ...projections('a') });
    expect(shape).toEqual([1, 2, 2]);
    close(values, [large, 1 - large, 1 - large, large]);
  });

  it('has heads that see a part of the features each', () => {
    // Each head sees one feature: of query (1, 0) the first has scores (1, 0), the second (0, 0).
    const one = Math.E / (Math.E + 1);
    const { values } = after([2, 2], [{ ...attention, heads: 2 }], { x, ...projections('a') });
    close(values, [one, 0.5, 0.5, one]);
  });

  it('causal, attends to nothing later', () => {
    const { values } = after([2, 2], [{ ...attention, heads: 1, causal: true }], { x, ...projections('a') });
    close(values, [1, 0, 1 - large, large]);
  });

  const run = (inputs: object, fields: object, feeds: Feeds) => {
    const spec = {
      inputs: { x: { shape: [2, 2] }, ...inputs },
      layers: [{ ...attention, heads: 1, ...fields }],
      loss,
    };
    return outputOf(
      evaluate(inferenceGraph(compiled(spec)), { x, ...projections('a'), ...feeds }),
      'prediction',
    );
  };

  it.each([
    ['int32', tensor('int32', [1, 2], Int32Array.of(1, 0))],
    ['float32', floats([1, 2], [1, 0])],
  ] as const)('attends to no key whose %s mask is 0', (dtype, m) => {
    const { values } = run({ m: { shape: [2], dtype } }, { inputs: ['x'], mask: 'm' }, { m });
    close(values, [1, 0, 1, 0]);
  });

  it('takes a mask for each pair of query and key', () => {
    const m = floats([1, 2, 2], [0, 1, 1, 1]);
    const { values } = run({ m: { shape: [2, 2] } }, { inputs: ['x'], mask: 'm' }, { m });
    close(values, [0, 1, 1 - large, large]);
  });

  it('attends to other sequences, in the order query, value, key', () => {
    const others = { v: { shape: [3, 2] }, k: { shape: [3, 2] } };
    const feeds = { v: floats([1, 3, 2], [1, 2, 3, 4, 5, 6]), k: floats([1, 3, 2], [0, 0, 0, 0, 100, 100]) };
    const { values, shape } = run(others, { inputs: ['x', 'v', 'k'] }, feeds);
    expect(shape).toEqual([1, 2, 2]);
    close(values, [5, 6, 5, 6]);
  });

  it.each<[string, object, object, string]>([
    [
      'heads that do not divide',
      {},
      { heads: 3 },
      '3 heads do not divide the 2 features of its query; set keyUnits; expected [length, a multiple of 3], got [2, 2]',
    ],
    [
      'keys and values of two lengths',
      { v: { shape: [3, 2] }, k: { shape: [4, 2] } },
      { inputs: ['x', 'v', 'k'] },
      'its keys have 4 positions; expected values of [4, features], got [3, 2]',
    ],
    [
      'an image',
      { i: { shape: [2, 2, 1] } },
      { inputs: ['x', 'i'] },
      'it attends to sequences; expected [length, features], got [2, 2, 1]',
    ],
    [
      'a mask of another length',
      { m: { shape: [3] } },
      { inputs: ['x'], mask: 'm' },
      'its mask has another shape; expected [2] or [2, 2], got [3]',
    ],
    [
      'a mask that is not there',
      { m: { shape: [2] } },
      { inputs: ['x'], mask: 'masc' },
      'there is no input, layer or node "masc"',
    ],
    [
      'four sequences',
      { b: { shape: [2, 2] }, c: { shape: [2, 2] }, d: { shape: [2, 2] } },
      { inputs: ['x', 'b', 'c', 'd'] },
      'multiHeadAttention takes 1 to 3 inputs (query, value, key), got 4',
    ],
  ])('refuses %s', (_, inputs, fields, message) => {
    const layer = { ...attention, heads: 1, inputs: ['x'], ...fields };
    expect(() => compiled({ inputs: { x: { shape: [2, 2] }, ...inputs }, layers: [layer], loss })).toThrow(
      message,
    );
  });
});

describe('transformerBlock', () => {
  const zeros = (...shape: number[]) =>
    floats(
      shape,
      Array.from({ length: shape.reduce((a, b) => a * b) }, () => 0),
    );
  const block = {
    type: 'transformerBlock',
    name: 'b',
    heads: 1,
    feedForwardUnits: 2,
    useBias: false,
  } as const;
  const norm = (name: string) => ({
    [`b/${name}Normalization/gamma`]: floats([2], [1, 1]),
    [`b/${name}Normalization/beta`]: zeros(2),
  });
  const feeds = {
    x: floats([1, 1, 2], [3, 5]),
    ...projections('b/attention'),
    ...norm('attention'),
    ...norm('feedForward'),
    'b/feedForward/hidden/kernel': unit,
    'b/feedForward/output/kernel': unit,
  };

  it('before each part normalises, and adds the part to what came in', () => {
    // One position attends to itself alone: x + norm(x) = (3, 5) + (−1, 1); then + relu(norm((2, 6))) = (0, 1).
    const { values } = after([1, 2], [{ ...block, activation: 'relu', epsilon: 1e-12 }], feeds);
    close(values, [2, 7]);
  });

  it('after each part normalises the sum', () => {
    // norm(x + x) = (−1, 1); norm((−1, 1) + relu((−1, 1))) = norm((−1, 2)) = (−1, 1).
    const post = { ...block, activation: 'relu', normalization: 'post', epsilon: 1e-12 } as const;
    close(after([1, 2], [post], feeds).values, [-1, 1]);
  });

  it('names its parameters for good', () => {
    const layers = [
      { type: 'repeat', name: 'block', times: 2, layers: [{ type: 'transformerBlock', heads: 1 }] },
    ];
    const { layout } = compiled({ inputs: { x: { shape: [3, 4] } }, layers, loss });
    expect(layout.entries.slice(16).map(({ name, shape }) => [name, shape])).toEqual([
      ['block_2/attentionNormalization/gamma', [4]],
      ['block_2/attentionNormalization/beta', [4]],
      ['block_2/attention/query/kernel', [4, 4]],
      ['block_2/attention/query/bias', [4]],
      ['block_2/attention/key/kernel', [4, 4]],
      ['block_2/attention/key/bias', [4]],
      ['block_2/attention/value/kernel', [4, 4]],
      ['block_2/attention/value/bias', [4]],
      ['block_2/attention/output/kernel', [4, 4]],
      ['block_2/attention/output/bias', [4]],
      ['block_2/feedForwardNormalization/gamma', [4]],
      ['block_2/feedForwardNormalization/beta', [4]],
      ['block_2/feedForward/hidden/kernel', [4, 16]],
      ['block_2/feedForward/hidden/bias', [16]],
      ['block_2/feedForward/output/kernel', [16, 4]],
      ['block_2/feedForward/output/bias', [4]],
    ]);
  });
});

describe('embedding', () => {
  const spec = (input: object) => ({
    inputs: { x: input },
    layers: [
      { type: 'embedding', name: 'e', vocabulary: 3, units: 2 },
      { type: 'positionalEmbedding', kind: 'sinusoidal' },
    ],
    loss,
  });

  it('looks each symbol up, and says how many there are', () => {
    const model = compiled(spec({ shape: [2], dtype: 'int32' }));
    expect(model.inputs[0]).toMatchObject({ name: 'x', classes: 3 });
    const feeds = {
      x: tensor('int32', [1, 2], Int32Array.of(2, 0)),
      'e/embeddings': floats([3, 2], [1, 2, 3, 4, 5, 6]),
    };
    // Position 0 adds (sin 0, cos 0), position 1 (sin 1, cos 1).
    close(outputOf(evaluate(inferenceGraph(model), feeds), 'prediction').values, [
      5,
      7,
      1 + Math.sin(1),
      2 + Math.cos(1),
    ]);
  });

  it('refuses numbers that are no symbols', () => {
    expect(() => compiled(spec({ shape: [2] }))).toThrow(
      'it reads "x", which is float32 [batch, 2]; it reads int32 values of shape [batch, ...]',
    );
  });
});
