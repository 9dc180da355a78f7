import { evaluate } from '@descent/autodiff';
import type { LayerSpec } from '@descent/contracts';
import { describe, expect, it } from 'vitest';
import { inferenceGraph, trainingGraph } from '../graphs.ts';
import { after, compiled, floats, outputOf } from '../reference.fixture.ts';

function close(actual: readonly number[], expected: readonly number[]) {
  expect(actual.length).toBe(expected.length);
  for (const [index, value] of expected.entries()) expect(actual[index]).toBeCloseTo(value, 5);
}
const loss = { type: 'meanSquaredError', labels: 'y' };
const epsilon = 1e-9;

describe('batchNormalization', () => {
  const model = compiled({
    inputs: { x: { shape: [2] } },
    layers: [{ type: 'batchNormalization', name: 'n', epsilon, momentum: 0.9 }],
    loss,
  });
  const feeds = {
    x: floats([2, 2], [1, 10, 3, 30]),
    y: floats([2, 2], [0, 0, 0, 0]),
    'n/gamma': floats([2], [1, 2]),
    'n/beta': floats([2], [0, 5]),
    'n/movingMean': floats([2], [1, 10]),
    'n/movingVariance': floats([2], [4, 100]),
  };

  it('in training uses the micro-batch, and gives its statistics times its samples', () => {
    const evaluation = evaluate(trainingGraph(model), feeds);
    // (−1, 1) and 2 · (−1, 1) + 5: the squares are 1, 1 and 9, 49.
    expect(outputOf(evaluation, 'loss').values[0]).toBeCloseTo(30, 6);
    close(outputOf(evaluation, 'state/n/movingMean').values, [4, 40]);
    close(outputOf(evaluation, 'state/n/movingVariance').values, [2, 200]);
  });

  it('otherwise uses the running averages, and keeps them as states', () => {
    const { values } = outputOf(evaluate(inferenceGraph(model), feeds), 'prediction');
    close(values, [0, 5, 1, 9]);
    expect(model.layout.entries.map(({ name, momentum, trainable }) => [name, momentum, trainable])).toEqual([
      ['n/gamma', undefined, true],
      ['n/beta', undefined, true],
      ['n/movingMean', 0.9, false],
      ['n/movingVariance', 0.9, false],
    ]);
  });

  it('counts each position of an image', () => {
    const image = compiled({
      inputs: { x: { shape: [1, 2, 1] } },
      layers: [{ type: 'batchNormalization', name: 'n' }],
      loss,
    });
    const evaluation = evaluate(trainingGraph(image), {
      ...feeds,
      x: floats([2, 1, 2, 1], [1, 2, 3, 6]),
      y: floats([2, 1, 2, 1], [0, 0, 0, 0]),
      'n/gamma': floats([1], [1]),
      'n/beta': floats([1], [0]),
      'n/movingMean': floats([1], [0]),
      'n/movingVariance': floats([1], [1]),
    });
    close(outputOf(evaluation, 'state/n/movingMean').values, [2 * 3]);
    close(outputOf(evaluation, 'state/n/movingVariance').values, [2 * 3.5]);
  });
});

describe('other normalisations', () => {
  it('layerNormalization works along the last axis', () => {
    const x = floats([1, 2, 2], [1, 3, 10, 30]);
    const feeds = { x, 'n/gamma': floats([2], [1, 2]), 'n/beta': floats([2], [0, 5]) };
    close(after([2, 2], [{ type: 'layerNormalization', name: 'n', epsilon }], feeds).values, [-1, 7, -1, 7]);
  });

  it('groupNormalization works over the positions of a group of channels', () => {
    const x = floats([1, 2, 4], [1, 2, 30, 30, 2, 3, 10, 10]);
    const { values } = after(
      [2, 4],
      [{ type: 'groupNormalization', groups: 2, epsilon, scale: false, center: false }],
      { x },
    );
    const r = Math.SQRT2;
    close(values, [-r, 0, 1, 1, 0, r, -1, -1]);
  });

  it('rmsNormalization divides by the root of the mean square', () => {
    const feeds = { x: floats([1, 2], [1, 7]), 'n/gamma': floats([2], [1, 10]) };
    close(after([2], [{ type: 'rmsNormalization', name: 'n' }], feeds).values, [0.2, 14]);
  });

  it('unitNormalization divides by the length, and leaves zeros', () => {
    close(
      after([2, 2], [{ type: 'unitNormalization' }], { x: floats([1, 2, 2], [3, 4, 0, 0]) }).values,
      [0.6, 0.8, 0, 0],
    );
  });

  it('normalization uses constants of the spec', () => {
    const layer: LayerSpec = { type: 'normalization', mean: [1, 2], variance: [4, 0.25] };
    close(after([2], [layer], { x: floats([1, 2], [5, 3]) }).values, [2, 2]);
  });

  it('rescaling takes integers too', () => {
    const model = compiled({
      inputs: { x: { shape: [2], dtype: 'int32' } },
      layers: [
        { type: 'rescaling', scale: 0.5, offset: 1 },
        { type: 'dense', units: 1 },
      ],
      loss,
    });
    expect(model.layers[0]?.outputShape).toEqual(['batch', 2]);
  });

  it.each<[string, object, readonly number[], string]>([
    [
      'groups',
      { type: 'groupNormalization' },
      [4],
      'groups is 32; expected a multiple of 32 channels, got [4]',
    ],
    [
      'means and variances',
      { type: 'normalization', mean: [1, 2], variance: [1] },
      [2],
      'mean has 2 numbers and variance 1',
    ],
    [
      'numbers',
      { type: 'normalization', mean: [1, 2], variance: [1, 1] },
      [3],
      'mean and variance have 2 numbers; expected [..., 2], got [3]',
    ],
  ])('refuses %s that do not fit', (_, layer, shape, message) => {
    const layers = [layer, { type: 'dense', units: 1 }];
    expect(() => compiled({ inputs: { x: { shape } }, layers, loss })).toThrow(message);
  });
});
