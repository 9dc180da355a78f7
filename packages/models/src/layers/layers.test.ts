import { evaluate } from '@descent/autodiff';
import { describe, expect, it } from 'vitest';
import { inferenceGraph, trainingGraph } from '../graphs.ts';
import { after, codes, compiled, counting, floats, outputOf, predict } from '../reference.fixture.ts';

describe('dense', () => {
  const kernel = floats([2, 3], [1, 2, 3, 4, 5, 6]);

  it('is x · kernel + bias', () => {
    const feeds = { x: floats([1, 2], [1, -1]), 'd/kernel': kernel, 'd/bias': floats([3], [10, 20, 30]) };
    expect(predict([2], [{ type: 'dense', name: 'd', units: 3 }], feeds)).toEqual({
      values: [7, 17, 27],
      shape: [1, 3],
    });
  });

  it('works on the last axis of a sample of higher rank, as in Keras', () => {
    const feeds = {
      x: floats([1, 2, 2], [1, 0, 0, 1]),
      'd/kernel': kernel,
      'd/bias': floats([3], [10, 20, 30]),
    };
    expect(predict([2, 2], [{ type: 'dense', name: 'd', units: 3 }], feeds)).toEqual({
      values: [11, 22, 33, 14, 25, 36],
      shape: [1, 2, 3],
    });
  });

  it('without a bias has none, and applies its activation', () => {
    const layer = { type: 'dense', name: 'd', units: 3, useBias: false, activation: 'relu' } as const;
    expect(predict([2], [layer], { x: floats([1, 2], [1, -1]), 'd/kernel': kernel }).values).toEqual([
      0, 0, 0,
    ]);
    expect(predict([2], [layer], { x: floats([1, 2], [-1, 1]), 'd/kernel': kernel }).values).toEqual([
      3, 3, 3,
    ]);
  });
});

describe('conv2d', () => {
  const layer = { type: 'conv2d', name: 'c', filters: 1, kernelSize: 2 } as const;
  const feeds = {
    x: counting(1, 3, 3, 1),
    'c/kernel': floats([1, 1, 2, 2], [1, 0, 0, -1]),
    'c/bias': floats([1], [0.5]),
  };

  it('slides its kernel over the image without flipping it', () => {
    // x[i,j] − x[i+1,j+1] = −4 everywhere in 1…9.
    expect(predict([3, 3, 1], [layer], feeds)).toEqual({
      values: [-3.5, -3.5, -3.5, -3.5],
      shape: [1, 2, 2, 1],
    });
  });

  it('with padding "same" pads after the image when one row is missing', () => {
    expect(predict([3, 3, 1], [{ ...layer, padding: 'same' }], feeds)).toEqual({
      values: [-3.5, -3.5, 3.5, -3.5, -3.5, 6.5, 7.5, 8.5, 9.5],
      shape: [1, 3, 3, 1],
    });
  });

  it('with strides skips positions', () => {
    expect(predict([3, 3, 1], [{ ...layer, strides: [1, 2] }], feeds).shape).toEqual([1, 2, 1, 1]);
  });

  it('reads and writes images channels-last, with kernels [filters, channels, height, width]', () => {
    const image = floats([1, 1, 2, 2], [1, 10, 2, 20]);
    const kernel = floats([3, 2, 1, 1], [1, 0, 0, 1, 1, 1]);
    const pointwise = { ...layer, filters: 3, kernelSize: 1, useBias: false };
    expect(predict([1, 2, 2], [pointwise], { x: image, 'c/kernel': kernel })).toEqual({
      values: [1, 10, 11, 2, 20, 22],
      shape: [1, 1, 2, 3],
    });
  });
});

describe('pooling', () => {
  it('maxPool2d takes the largest of each window and leaves out what does not fill one', () => {
    expect(after([3, 3, 1], [{ type: 'maxPool2d' }], { x: counting(1, 3, 3, 1) })).toEqual({
      values: [5],
      shape: [1, 1, 1, 1],
    });
  });

  it('maxPool2d with padding "same" never returns the padding', () => {
    const x = floats([1, 3, 3, 1], [-1, -2, -3, -4, -5, -6, -7, -8, -9]);
    expect(after([3, 3, 1], [{ type: 'maxPool2d', padding: 'same' }], { x }).values).toEqual([
      -1, -3, -7, -9,
    ]);
  });

  it('averagePool2d with padding "same" divides by the elements it saw', () => {
    const x = counting(1, 3, 3, 1);
    expect(after([3, 3, 1], [{ type: 'averagePool2d', padding: 'same' }], { x }).values).toEqual([
      3, 4.5, 7.5, 9,
    ]);
    expect(after([3, 3, 1], [{ type: 'averagePool2d', poolSize: 2, strides: 1 }], { x }).values).toEqual([
      3, 4, 6, 7,
    ]);
  });

  it('globalAveragePool2d is the mean of each channel', () => {
    const x = floats([1, 2, 2, 2], [1, 10, 2, 20, 3, 30, 4, 40]);
    expect(after([2, 2, 2], [{ type: 'globalAveragePool2d' }], { x })).toEqual({
      values: [2.5, 25],
      shape: [1, 2],
    });
  });
});

describe('flatten and reshape', () => {
  it('flatten keeps the channels-last order, also behind layers that compute channels-first', () => {
    const x = floats([1, 2, 2, 2], [1, 10, 2, 20, 3, 30, 4, 40]);
    const layers = [{ type: 'maxPool2d', poolSize: 1 }, { type: 'flatten' }] as const;
    expect(after([2, 2, 2], layers, { x })).toEqual({ values: [1, 10, 2, 20, 3, 30, 4, 40], shape: [1, 8] });
  });

  it('reshape keeps the order of the elements, down to a plain number', () => {
    expect(after([2, 3], [{ type: 'reshape', shape: [3, 2] }], { x: counting(2, 2, 3) })).toEqual({
      values: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12],
      shape: [2, 3, 2],
    });
    expect(after([1], [{ type: 'reshape', shape: [] }], { x: counting(2, 1) })).toEqual({
      values: [1, 2],
      shape: [2],
    });
  });
});

describe('activation', () => {
  const x = floats([1, 2], [0, Math.log(3)]);

  it.each([
    ['linear', [0, Math.log(3)]],
    ['relu', [0, Math.log(3)]],
    ['sigmoid', [0.5, 0.75]],
    ['tanh', [0, 0.8]],
    ['softmax', [0.25, 0.75]],
  ] as const)('%s of (0, ln 3)', (activation, expected) => {
    after([2], [{ type: 'activation', activation }], { x }).values.forEach((value, index) => {
      expect(value).toBeCloseTo(expected[index]!, 6);
    });
  });

  it('softmax of an image runs over its channels, whatever order they are computed in', () => {
    const image = floats([1, 1, 2, 2], [0, Math.log(3), 5, 5]);
    const layers = [
      { type: 'maxPool2d', poolSize: 1 },
      { type: 'activation', activation: 'softmax' },
    ] as const;
    const { values } = after([1, 2, 2], layers, { x: image });
    [0.25, 0.75, 0.5, 0.5].forEach((expected, index) => {
      expect(values[index]).toBeCloseTo(expected, 6);
    });
  });
});

describe('add and concat', () => {
  const branches = (join: object, shape = [2, 2, 1]) => ({
    inputs: { x: { shape } },
    layers: [
      { type: 'conv2d', name: 'left', inputs: ['x'], filters: 1, kernelSize: 1, useBias: false },
      { type: 'activation', name: 'right', inputs: ['x'], activation: 'linear' },
      { name: 'joined', inputs: ['left', 'right'], ...join },
    ],
    loss: { type: 'meanSquaredError', labels: 'y' },
  });
  const feeds = { x: counting(1, 2, 2, 1), 'left/kernel': floats([1, 1, 1, 1], [10]) };
  const run = (join: object) =>
    outputOf(evaluate(inferenceGraph(compiled(branches(join))), feeds), 'prediction');

  it('add sums a branch that is channels-first and one that is not', () => {
    expect(run({ type: 'add' })).toEqual({ values: [11, 22, 33, 44], shape: [1, 2, 2, 1] });
  });

  it('concat joins along the last axis, or the one that is named', () => {
    expect(run({ type: 'concat' })).toEqual({ values: [10, 1, 20, 2, 30, 3, 40, 4], shape: [1, 2, 2, 2] });
    expect(run({ type: 'concat', axis: 0 })).toEqual({
      values: [10, 20, 30, 40, 1, 2, 3, 4],
      shape: [1, 4, 2, 1],
    });
    expect(run({ type: 'concat', axis: -2 })).toEqual({
      values: [10, 20, 1, 2, 30, 40, 3, 4],
      shape: [1, 2, 4, 1],
    });
  });
});

describe('dropout', () => {
  const model = compiled({
    inputs: { x: { shape: [2] } },
    layers: [
      { type: 'dropout', name: 'drop', rate: 0.5 },
      { type: 'dense', name: 'logits', units: 2, useBias: false },
    ],
    loss: { type: 'softmaxCrossEntropy', labels: 'y' },
  });
  const kernel = floats([2, 2], [1, 0, 0, 1]);

  it('multiplies by a mask that is an input of the training graph', () => {
    expect(model.randomInputs).toEqual([
      { kind: 'dropout', name: 'drop/mask', index: 0, shape: [2], rate: 0.5 },
    ]);
    const evaluation = evaluate(trainingGraph(model), {
      x: floats([1, 2], [3, 4]),
      y: codes(0),
      'drop/mask': floats([1, 2], [2, 0]),
      'logits/kernel': kernel,
    });
    // Logits (6, 0): the gradient by the kernel is (x∘mask)ᵀ (p − onehot), p₀ = 1/(1 + e⁻⁶).
    const p1 = 1 / (1 + Math.exp(6));
    const expected = [-6 * p1, 6 * p1, 0, 0];
    outputOf(evaluation, 'gradient/logits/kernel').values.forEach((value, index) => {
      expect(value).toBeCloseTo(expected[index]!, 12);
    });
  });

  it('does nothing outside training', () => {
    expect(inferenceGraph(model).inputs).toEqual(['x']);
    const evaluation = evaluate(inferenceGraph(model), {
      x: floats([1, 2], [3, 4]),
      'logits/kernel': kernel,
    });
    expect(outputOf(evaluation, 'prediction').values).toEqual([3, 4]);
  });

  it('behind a convolution has its mask in the order of the computation', () => {
    const { randomInputs } = compiled({
      inputs: { x: { shape: [4, 5, 1] } },
      layers: [
        { type: 'conv2d', filters: 3, kernelSize: 1 },
        { type: 'dropout', rate: 0.25 },
      ],
      loss: { type: 'meanSquaredError', labels: 'y' },
    });
    expect(randomInputs[0]).toMatchObject({ name: 'dropout_1/mask', shape: [3, 4, 5] });
  });
});
