import { describe, expect, it } from 'vitest';
import { check } from './gradient.fixture.ts';

const perceptron = (units: number) => [
  { type: 'dense', units: 5, activation: 'tanh' },
  { type: 'dropout', rate: 0.25 },
  { type: 'dense', units: 4, activation: 'sigmoid' },
  { type: 'dense', units },
];

describe('the derived gradient agrees with finite differences', () => {
  it.each(['softmaxCrossEntropy', 'sigmoidCrossEntropy', 'meanSquaredError'])('an MLP with %s', (type) => {
    const spec = { inputs: { x: { shape: [3] } }, layers: perceptron(3), loss: { type, labels: 'y' } };
    expect(check(spec)).toMatchObject({ passed: true });
  });

  it('an MLP of one output', () => {
    const loss = { type: 'sigmoidCrossEntropy', labels: 'y' };
    expect(check({ inputs: { x: { shape: [3] } }, layers: perceptron(1), loss })).toMatchObject({
      passed: true,
    });
  });

  it('a CNN with both poolings, padding, strides and dropout between convolutions', () => {
    expect(
      check({
        inputs: { image: { shape: [7, 6, 2] } },
        layers: [
          { type: 'conv2d', filters: 3, kernelSize: [3, 2], padding: 'same', activation: 'relu' },
          { type: 'dropout', rate: 0.2 },
          { type: 'maxPool2d', poolSize: 2, padding: 'same' },
          { type: 'conv2d', filters: 2, kernelSize: 2, strides: [1, 2], activation: 'tanh' },
          { type: 'averagePool2d', poolSize: [2, 1], strides: 1 },
          { type: 'flatten' },
          { type: 'dense', units: 3 },
        ],
        loss: { type: 'softmaxCrossEntropy', labels: 'label' },
      }),
    ).toMatchObject({ passed: true });
  });

  it('branches that join by add and concat', () => {
    expect(
      check({
        inputs: { image: { shape: [3, 3, 2] } },
        layers: [
          { type: 'conv2d', name: 'a', filters: 2, kernelSize: 1 },
          { type: 'conv2d', name: 'b', inputs: ['a'], filters: 2, kernelSize: 3, padding: 'same' },
          { type: 'add', name: 'residual', inputs: ['a', 'b'] },
          { type: 'concat', name: 'wide', inputs: ['residual', 'image'] },
          { type: 'globalAveragePool2d' },
          { type: 'dense', units: 2 },
        ],
        loss: { type: 'softmaxCrossEntropy', labels: 'label' },
      }),
    ).toMatchObject({ passed: true });
  });

  it('the graph form, mixed with layers, with a frozen parameter', () => {
    expect(
      check({
        inputs: { x: { shape: [4] } },
        parameters: {
          w: { shape: [4, 3], initializer: 'heNormal' },
          b: { shape: [3] },
          scale: { shape: [3], trainable: false, initializer: 'uniform' },
        },
        constants: { axes: { shape: [1], values: [1], dtype: 'int64' } },
        nodes: [
          { op: 'Gemm', name: 'product', inputs: ['x', 'w', 'b'] },
          { op: 'Softplus', name: 'soft', inputs: ['product'] },
          { op: 'Mul', name: 'scaled', inputs: ['soft', 'scale'] },
          { op: 'ReduceMean', name: 'mean', inputs: ['hidden'], attributes: { axes: [1], keepdims: 1 } },
          { op: 'Sub', name: 'centred', inputs: ['hidden', 'mean'] },
          { op: 'ReduceSum', name: 'total', inputs: ['centred', 'axes'], attributes: { keepdims: 1 } },
          { op: 'Concat', name: 'both', inputs: ['centred', 'total'], attributes: { axis: 1 } },
        ],
        layers: [
          { type: 'dense', name: 'hidden', inputs: ['scaled'], units: 3, activation: 'tanh' },
          { type: 'dense', name: 'logits', inputs: ['both'], units: 3 },
        ],
        loss: { type: 'softmaxCrossEntropy', labels: 'label', prediction: 'logits' },
      }),
    ).toMatchObject({ passed: true });
  });
});
