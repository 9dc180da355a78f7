import { evaluate } from '@descent/autodiff';
import { type LayerSpec, ModelSpec, validate } from '@descent/contracts';
import { compileModel, inferenceGraph, initializeParameters, viewOf } from '@descent/models';
import { tensor } from '@descent/tensors';
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import * as layersApi from '@tensorflow/tfjs-layers';
import { describe, expect, test } from 'vitest';
import { importKeras } from '../../keras/import-keras.ts';
import { largestDifference } from '../testing.ts';
import type { TrainedModel } from '../trained-model.ts';
import { writeTfjs } from './export-tfjs.ts';

/** A model of these layers with weights that are all different. */
function trained(inputs: ModelSpec['inputs'], layers: readonly LayerSpec[]): TrainedModel {
  const spec = validate(ModelSpec, { inputs, layers, loss: { type: 'meanSquaredError', labels: 'wanted' } });
  const model = compileModel(spec);
  const flat = initializeParameters(model.layout, 7);
  const weights = model.layout.entries.map((entry) => {
    const data = viewOf(flat, entry).map((value, index) => value + 0.3 * Math.sin(index + entry.offset));
    // A variance is no less than zero.
    return [
      entry.name,
      tensor('float32', entry.shape, entry.name.endsWith('ariance') ? data.map((v) => v * v + 0.1) : data),
    ] as const;
  });
  return { name: 'model', model, weights: new Map(weights) };
}

const sample = (shape: readonly number[], dtype: 'float32' | 'int32', seed: number) => {
  const size = shape.reduce((product, dim) => product * dim, 1);
  return dtype === 'int32'
    ? tensor(
        'int32',
        shape,
        Int32Array.from({ length: size }, (_, index) => (index * 5 + seed) % 4),
      )
    : tensor(
        'float32',
        shape,
        Float32Array.from({ length: size }, (_, index) => Math.sin(index * 1.7 + seed)),
      );
};

function feedsOf({ model }: TrainedModel) {
  const features = model.inputs.filter(({ role }) => role === 'feature');
  return features.map(
    ({ name, dtype, shape }, index) => [name, sample([2, ...shape], dtype, index)] as const,
  );
}

function predicted({ model, weights }: TrainedModel) {
  const feeds = Object.fromEntries([...feedsOf({ name: '', model, weights }), ...weights]);
  return evaluate(inferenceGraph(model), feeds).outputs.get('prediction')!;
}

async function loaded(json: string, weights: Uint8Array) {
  const { modelTopology, weightsManifest } = JSON.parse(json);
  return layersApi.loadLayersModel(
    tf.io.fromMemory({
      modelTopology,
      weightSpecs: weightsManifest[0].weights,
      weightData: weights.slice().buffer,
    }),
  );
}

/** One model for each class that TensorFlow.js has, and a few of several. */
const models: readonly (readonly [string, ModelSpec['inputs'], readonly LayerSpec[]])[] = [
  [
    'dense',
    { x: { shape: [5] } },
    [
      { type: 'dense', units: 4, activation: 'gelu' },
      { type: 'dense', units: 3, useBias: false, activation: 'softmax' },
    ],
  ],
  ['dense over a sequence', { x: { shape: [3, 5] } }, [{ type: 'dense', units: 4, activation: 'tanh' }]],
  [
    'activations',
    { x: { shape: [6] } },
    [
      { type: 'dense', units: 6 },
      { type: 'leakyRelu', alpha: 0.2 },
      { type: 'elu' },
      { type: 'prelu' },
      { type: 'activation', activation: 'swish' },
      { type: 'relu', maxValue: 0.5 },
      { type: 'softmax' },
    ],
  ],
  [
    'conv2d, same and strided',
    { image: { shape: [7, 6, 3] } },
    [
      { type: 'conv2d', filters: 4, kernelSize: [3, 2], strides: 2, padding: 'same', activation: 'relu' },
      { type: 'conv2d', filters: 2, kernelSize: 2, dilationRate: 2 },
    ],
  ],
  [
    'conv1d',
    { x: { shape: [9, 2] } },
    [
      { type: 'conv1d', filters: 3, kernelSize: 3, padding: 'same' },
      { type: 'maxPool1d' },
      { type: 'averagePool1d', poolSize: 2, strides: 1 },
      { type: 'globalAveragePool1d' },
    ],
  ],
  [
    'conv3d',
    { x: { shape: [4, 5, 4, 2] } },
    [{ type: 'conv3d', filters: 3, kernelSize: 2 }, { type: 'maxPool3d' }],
  ],
  [
    'conv2dTranspose',
    { x: { shape: [3, 4, 2] } },
    [
      { type: 'conv2dTranspose', filters: 3, kernelSize: 3, strides: 2, padding: 'same' },
      { type: 'conv2dTranspose', filters: 2, kernelSize: 2 },
    ],
  ],
  [
    'depthwise and separable',
    { x: { shape: [6, 6, 3] } },
    [
      { type: 'depthwiseConv2d', kernelSize: 3, depthMultiplier: 2, padding: 'same' },
      { type: 'separableConv2d', filters: 4, kernelSize: 2, depthMultiplier: 2 },
    ],
  ],
  [
    'pooling, padding, cropping, upsampling',
    { x: { shape: [6, 6, 2] } },
    [
      { type: 'conv2d', filters: 2, kernelSize: 1 },
      {
        type: 'zeroPadding2d',
        padding: [
          [1, 0],
          [2, 1],
        ],
      },
      { type: 'maxPool2d', poolSize: 3, strides: 2, padding: 'same' },
      { type: 'upSampling2d', size: [2, 3] },
      {
        type: 'cropping2d',
        cropping: [
          [1, 0],
          [0, 2],
        ],
      },
      { type: 'averagePool2d', poolSize: [2, 3], strides: 2 },
      { type: 'globalMaxPool2d' },
    ],
  ],
  [
    'normalisations',
    { x: { shape: [4, 5] } },
    [
      { type: 'dense', units: 6 },
      { type: 'batchNormalization', epsilon: 0.01 },
      { type: 'layerNormalization', center: false },
      { type: 'batchNormalization', scale: false },
      { type: 'flatten' },
      { type: 'dropout', rate: 0.5 },
    ],
  ],
  [
    'shapes',
    { x: { shape: [2, 6] } },
    [
      { type: 'dense', units: 6 },
      { type: 'permute', dims: [1, 0] },
      { type: 'reshape', shape: [3, 4] },
      { type: 'flatten' },
      { type: 'repeatVector', times: 3 },
    ],
  ],
  [
    'embedding and lstm',
    { words: { shape: [5], dtype: 'int32' } },
    [
      { type: 'embedding', vocabulary: 4, units: 3 },
      { type: 'lstm', units: 4, returnSequences: true },
      { type: 'simpleRnn', units: 3, goBackwards: true },
    ],
  ],
  [
    'bidirectional',
    { x: { shape: [4, 2] } },
    [
      { type: 'lstm', units: 3, bidirectional: true, returnSequences: true },
      { type: 'simpleRnn', units: 2, bidirectional: true, mergeMode: 'sum' },
    ],
  ],
  [
    'a graph with branches',
    { x: { shape: [4] }, y: { shape: [4] } },
    [
      { type: 'dense', name: 'a', units: 3, inputs: ['x'] },
      { type: 'dense', name: 'b', units: 3, inputs: ['y'] },
      { type: 'add', name: 'sum', inputs: ['a', 'b'] },
      { type: 'multiply', name: 'product', inputs: ['a', 'b'] },
      { type: 'maximum', name: 'largest', inputs: ['a', 'b', 'sum'] },
      { type: 'minimum', name: 'smallest', inputs: ['a', 'product'] },
      { type: 'average', name: 'mean', inputs: ['a', 'b'] },
      { type: 'concat', name: 'all', inputs: ['sum', 'product', 'largest', 'smallest', 'mean'] },
    ],
  ],
  [
    'rescaling',
    { x: { shape: [3] } },
    [
      { type: 'rescaling', scale: 0.5, offset: -1 },
      { type: 'dense', units: 2 },
    ],
  ],
];

describe('a TensorFlow.js layers model', () => {
  test.each(models)(
    '%s predicts the same in TensorFlow.js, and is read back as it was',
    async (_, inputs, layers) => {
      const model = trained(inputs, layers);
      const expected = predicted(model);
      const { json, weights } = writeTfjs(model);

      const other = await loaded(json, weights);
      const fed = feedsOf(model).map(([, { data, shape, dtype }]) =>
        tf.tensor(data as Float32Array, [...shape], dtype as 'float32'),
      );
      const result = other.predict(fed.length === 1 ? fed[0]! : fed) as tf.Tensor;
      const actual = tensor('float32', result.shape, result.dataSync<'float32'>());
      expect(largestDifference(actual, expected)).toBeLessThan(2e-5);

      const back = importKeras(JSON.parse(json), { weights });
      const spec = validate(ModelSpec, {
        ...withoutPrediction(back.topology),
        loss: { type: 'meanSquaredError', labels: 'wanted', prediction: back.topology.prediction },
      });
      const again = { name: '', model: compileModel(spec), weights: back.weights as TrainedModel['weights'] };
      expect(largestDifference(predicted(again), expected)).toBe(0);
    },
  );

  test('layers without a class there are refused, all of them by name', () => {
    const model = trained({ x: { shape: [4, 8] } }, [
      { type: 'gru', name: 'memory', units: 3, returnSequences: true },
      { type: 'dense', name: 'hidden', units: 4, activation: 'hardSwish' },
      { type: 'groupNormalization', name: 'groups', groups: 2 },
    ]);
    expect(() => writeTfjs(model)).toThrow(
      'The model cannot be written as a TensorFlow.js layers model: it has no words for gru "memory", dense "hidden", groupNormalization "groups"',
    );
  });
});

function withoutPrediction<Topology extends { prediction: string }>({ prediction: _, ...rest }: Topology) {
  return rest;
}
