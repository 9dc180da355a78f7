import { type LayerSpec, layerSchemas } from '@descent/contracts';
import { describe, expect, it } from 'vitest';
import { check } from './gradient.fixture.ts';

/** Layers behind a dense layer, so that the gradient has to come through them, on a sample of that shape. */
const cases: readonly (readonly [readonly number[], ...LayerSpec[]])[] = [
  [[3], { type: 'activation', activation: 'tanh' }],
  [[3], { type: 'softmax' }],
  [[2, 3], { type: 'softmax', axis: 0 }],
  [[3], { type: 'relu', maxValue: 1 }],
  [[3], { type: 'leakyRelu' }],
  [[3], { type: 'elu', alpha: 0.5 }],
  [[2, 3], { type: 'prelu', sharedAxes: [0] }],
  [[4], { type: 'dropout', rate: 0.5 }],
  [[4, 3], { type: 'spatialDropout', rate: 0.5 }],
  [[3], { type: 'rescaling', scale: 2, offset: -1 }],
  [[2], { type: 'normalization', mean: [1, 2], variance: [4, 9] }],
  [[5, 2], { type: 'conv1d', filters: 3, kernelSize: 2, dilationRate: 2, padding: 'causal' }],
  [[5, 4], { type: 'conv1d', filters: 2, kernelSize: 3, strides: 2, padding: 'same', groups: 2 }],
  [[4, 4, 2], { type: 'conv2d', filters: 2, kernelSize: 2, dilationRate: [2, 1], activation: 'tanh' }],
  [[3, 3, 2, 2], { type: 'conv3d', filters: 2, kernelSize: 2, strides: [2, 1, 1], padding: 'same' }],
  [[4, 4, 2], { type: 'depthwiseConv2d', kernelSize: 3, depthMultiplier: 2, padding: 'same' }],
  [[4, 4, 2], { type: 'separableConv2d', filters: 3, kernelSize: 2, depthMultiplier: 2 }],
  [[3, 2], { type: 'conv1dTranspose', filters: 2, kernelSize: 3, strides: 2 }],
  [[2, 3, 2], { type: 'conv2dTranspose', filters: 3, kernelSize: 3, strides: 2, padding: 'same' }],
  [[2, 2, 2, 1], { type: 'conv3dTranspose', filters: 2, kernelSize: 2, strides: [1, 2, 3] }],
  [[5, 2], { type: 'maxPool1d', poolSize: 3, strides: 1 }],
  [[4, 3, 2], { type: 'maxPool2d', padding: 'same' }],
  [[2, 4, 2, 1], { type: 'maxPool3d' }],
  [[5, 2], { type: 'averagePool1d', padding: 'same' }],
  [[4, 3, 2], { type: 'averagePool2d', strides: 1 }],
  [[2, 4, 2, 1], { type: 'averagePool3d' }],
  [[4, 2], { type: 'globalMaxPool1d' }],
  [[2, 3, 2], { type: 'globalMaxPool2d' }],
  [[2, 1, 2, 2], { type: 'globalMaxPool3d' }],
  [[4, 2], { type: 'globalAveragePool1d' }],
  [[2, 3, 2], { type: 'globalAveragePool2d' }],
  [[2, 1, 2, 2], { type: 'globalAveragePool3d' }],
  [[2, 3], { type: 'flatten' }],
  [[2, 3], { type: 'reshape', shape: [3, 2] }],
  [[2, 3, 1], { type: 'permute', dims: [2, 0, 1] }],
  [[3], { type: 'repeatVector', times: 4 }],
  [[2, 2], { type: 'upSampling1d', size: 3 }],
  [[2, 3, 2], { type: 'upSampling2d', size: [2, 1] }],
  [[2, 3, 1], { type: 'upSampling2d', interpolation: 'bilinear' }],
  [[2, 1, 2, 1], { type: 'upSampling3d' }],
  [[2, 2], { type: 'zeroPadding1d', padding: [1, 2] }],
  [[2, 2, 1], { type: 'zeroPadding2d' }],
  [
    [1, 2, 2, 1],
    {
      type: 'zeroPadding3d',
      padding: [
        [0, 1],
        [2, 0],
        [1, 1],
      ],
    },
  ],
  [[4, 2], { type: 'cropping1d', cropping: [1, 2] }],
  [[4, 3, 2], { type: 'cropping2d' }],
  [[2, 3, 2, 1], { type: 'cropping3d', cropping: [1, 1, 0].map((n, i) => [i === 0 ? 0 : n, n]) }],
  [[3, 2], { type: 'batchNormalization' }],
  [[2, 3, 2], { type: 'batchNormalization', scale: false }],
  [[2, 4], { type: 'layerNormalization' }],
  [[4], { type: 'layerNormalization', scale: false, center: false }],
  [[2, 3, 4], { type: 'groupNormalization', groups: 2 }],
  [[2, 4], { type: 'rmsNormalization' }],
  [[2, 3], { type: 'unitNormalization' }],
  [[3, 2], { type: 'positionalEmbedding' }],
  [[3, 2], { type: 'positionalEmbedding', kind: 'sinusoidal' }],
  [[3, 2], { type: 'simpleRnn', units: 3, returnSequences: true, goBackwards: true }],
  [[1, 2], { type: 'simpleRnn', units: 2, activation: 'softmax' }],
  [[3, 2], { type: 'gru', units: 2 }],
  [[3, 2], { type: 'gru', units: 2, useBias: false, returnSequences: true, bidirectional: true }],
  [[3, 2], { type: 'lstm', units: 2 }],
  [[3, 2], { type: 'lstm', units: 2, bidirectional: true, mergeMode: 'multiply', activation: 'softsign' }],
  [[3, 4], { type: 'multiHeadAttention', heads: 2, causal: true }],
  [
    [3, 4],
    { type: 'multiHeadAttention', heads: 3, keyUnits: 2, valueUnits: 1, outputUnits: 5, dropout: 0.3 },
  ],
  [[3, 4], { type: 'transformerBlock', heads: 2, causal: true, dropout: 0.2 }],
  [
    [2, 4],
    { type: 'transformerBlock', heads: 1, normalization: 'post', activation: 'tanh', feedForwardUnits: 3 },
  ],
  [[3], { type: 'residual', layers: [{ type: 'dense', units: 3, activation: 'tanh' }] }],
  [
    [4, 4, 2],
    {
      type: 'residual',
      layers: [{ type: 'conv2d', filters: 3, kernelSize: 3, strides: 2, padding: 'same' }],
      shortcut: [{ type: 'conv2d', filters: 3, kernelSize: 1, strides: 2 }],
      activation: 'tanh',
    },
  ],
  [[3], { type: 'repeat', times: 3, layers: [{ type: 'dense', units: 3, activation: 'sigmoid' }] }],
  [[3], { type: 'dense', units: 2, activation: 'softsign' }],
  ...(
    ['elu', 'selu', 'gelu', 'silu', 'mish', 'softplus', 'leakyRelu', 'hardSwish', 'exponential'] as const
  ).map((activation) => [[3], { type: 'activation', activation }] as const),
];

const named = cases.map(([shape, ...layers]) => ({ shape, layers, text: JSON.stringify(layers) }));

describe('the gradient through a layer agrees with finite differences', () => {
  it.each(named)('$text of $shape', ({ shape, layers }) => {
    const front = { type: 'dense', name: 'front', units: shape.at(-1) };
    const spec = {
      inputs: { x: { shape } },
      layers: [front, ...layers],
      loss: { type: 'meanSquaredError', labels: 'y' },
    };
    expect(check(spec)).toMatchObject({ passed: true });
  });

  const pair = (join: LayerSpec) => ({
    inputs: { x: { shape: [2, 3] } },
    layers: [
      { type: 'dense', name: 'a', units: 3, inputs: ['x'] },
      { type: 'dense', name: 'b', units: 3, inputs: ['x'] },
      { ...join, inputs: ['a', 'b'] },
    ],
    loss: { type: 'meanSquaredError', labels: 'y' },
  });
  const joins: readonly LayerSpec[] = [
    { type: 'add' },
    { type: 'subtract' },
    { type: 'multiply' },
    { type: 'average' },
    { type: 'maximum' },
    { type: 'minimum' },
    { type: 'concat', axis: 0 },
    { type: 'dot' },
    { type: 'dot', axes: [0, 0], normalize: true },
    { type: 'multiHeadAttention', heads: 1 },
  ];
  it.each(joins)('$type of two', (join) => {
    expect(check(pair(join))).toMatchObject({ passed: true });
  });

  it('an embedding, with a padding mask, and attention to another sequence', () => {
    const spec = {
      inputs: { words: { shape: [4], dtype: 'int32' }, mask: { shape: [4], dtype: 'int32' } },
      layers: [
        { type: 'embedding', name: 'e', vocabulary: 5, units: 4, inputs: ['words'] },
        { type: 'transformerBlock', name: 't', heads: 2, mask: 'mask' },
        { type: 'cropping1d', name: 'query', cropping: [0, 2] },
        { type: 'multiHeadAttention', heads: 2, inputs: ['query', 't', 'e'], mask: 'mask' },
      ],
      loss: { type: 'meanSquaredError', labels: 'y' },
    };
    expect(check(spec)).toMatchObject({ passed: true });
  });

  it('a function that is used twice, in one of them twice again', () => {
    const spec = {
      inputs: { left: { shape: [3] }, right: { shape: [3] } },
      functions: {
        encode: {
          layers: [
            { type: 'dense', units: 3, activation: 'tanh' },
            { type: 'call', function: 'scale' },
          ],
        },
        scale: { layers: [{ type: 'dense', units: 3, useBias: false }, { type: 'batchNormalization' }] },
      },
      layers: [
        { type: 'call', name: 'a', function: 'encode', inputs: ['left'] },
        { type: 'call', name: 'b', function: 'encode', inputs: ['right'] },
        { type: 'call', name: 'c', function: 'scale', inputs: ['b'] },
        { type: 'subtract', inputs: ['a', 'c'] },
      ],
      loss: { type: 'meanSquaredError', labels: 'y' },
    };
    expect(check(spec)).toMatchObject({ passed: true });
  });

  it('every layer type is among them', () => {
    const text = JSON.stringify([cases, joins]);
    const elsewhere = ['embedding', 'call'];
    const missing = Object.keys(layerSchemas).filter((type) => !text.includes(`"type":"${type}"`));
    expect(missing).toEqual(elsewhere);
  });
});
