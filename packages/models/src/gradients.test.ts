import { checkGradient, type Feeds } from '@descent/autodiff';
import { tensor } from '@descent/tensors';
import { describe, expect, it } from 'vitest';
import { dropoutMask } from './dropout-mask.ts';
import { initializeParameters } from './initialize-parameters.ts';
import { viewOf } from './parameter-layout.ts';
import { eachRandomWord } from './random-stream.ts';
import { compiled, floats } from './reference.fixture.ts';

const samples = 3;

/** Normal-looking numbers in (−1, 1), another sequence for each stream. */
function noise(count: number, stream: number): number[] {
  const values: number[] = [];
  eachRandomWord(count, 7, 'initialization', [stream, 1, 0], (_, word) => {
    values.push(word / 2 ** 31 - 1);
  });
  return values;
}

/** Holds the gradient by every parameter of a whole model against finite differences in double precision. */
function check(spec: unknown) {
  const model = compiled(spec);
  const feeds: Record<string, Feeds[string]> = {};
  const parameters = initializeParameters(model.layout, 3);
  for (const [position, entry] of model.layout.entries.entries()) {
    const drawn = viewOf(parameters, entry);
    // Fresh biases are zero, where a Relu on an input of zeros would sit on its kink.
    const values = drawn.every((value) => value === 0) ? noise(entry.length, 100 + position) : [...drawn];
    feeds[entry.name] = floats(entry.shape, values);
  }
  model.inputs.forEach(({ name, dtype, shape, classes }, position) => {
    const sizes = [samples, ...shape];
    const values = noise(
      sizes.reduce((a, b) => a * b),
      position,
    );
    feeds[name] =
      dtype === 'float32'
        ? floats(sizes, values)
        : tensor(
            'int32',
            sizes,
            Int32Array.from(values, (_, index) => index % (classes ?? 2)),
          );
  });
  for (const { name, shape, rate, index } of model.randomInputs) {
    const mask = new Float32Array([samples, ...shape].reduce((a, b) => a * b));
    dropoutMask(mask, rate, index, { seed: 1, step: 0, microBatch: 0 });
    feeds[name] = tensor('float32', [samples, ...shape], mask);
  }
  const trained = model.layout.entries.filter(({ trainable }) => trainable).map(({ name }) => name);
  return checkGradient(model.forward.training, 'loss', trained, feeds);
}

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
