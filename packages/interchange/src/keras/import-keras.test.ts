import { evaluate } from '@descent/autodiff';
import { ModelSpec, validate } from '@descent/contracts';
import { compileModel, inferenceGraph } from '@descent/models';
import { tensor } from '@descent/tensors';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-core/dist/public/chained_ops/register_all_chained_ops.js';
import * as tf from '@tensorflow/tfjs-core';
import * as layersApi from '@tensorflow/tfjs-layers';
import { strToU8, zipSync } from 'fflate';
import { expect, test } from 'vitest';
import { largestDifference } from '../export/testing.ts';
import { type ImportKerasOptions, importKeras } from './import-keras.ts';
import { importKerasFile, isKerasFile } from './import-keras-file.ts';

const specOf = (file: unknown, options: ImportKerasOptions = {}) => {
  const { topology, weights } = importKeras(file, options);
  const { prediction, ...rest } = topology;
  const loss = { type: 'meanSquaredError', labels: 'wanted', prediction };
  return { spec: validate(ModelSpec, { ...rest, loss }), weights };
};

/** A model as TensorFlow.js itself saves it. */
async function saved(model: layersApi.LayersModel) {
  let file: unknown;
  let weights = new Uint8Array();
  await model.save(
    tf.io.withSaveHandler(async ({ modelTopology, weightSpecs, weightData }) => {
      file = { modelTopology, weightsManifest: [{ paths: ['weights.bin'], weights: weightSpecs }] };
      weights = new Uint8Array(weightData as ArrayBuffer);
      return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } };
    }),
  );
  return { file: JSON.parse(JSON.stringify(file)) as unknown, weights };
}

const { layers } = layersApi;

test.each([
  [
    'a convolutional classifier with batch normalisation',
    [6, 6, 2],
    () => [
      layers.conv2d({ filters: 3, kernelSize: 3, activation: 'relu', inputShape: [6, 6, 2] }),
      layers.batchNormalization({}),
      layers.maxPooling2d({ poolSize: 2 }),
      layers.flatten(),
      layers.dropout({ rate: 0.2 }),
      layers.dense({ units: 3, activation: 'softmax' }),
    ],
  ],
  [
    'an LSTM with the hard sigmoid of TensorFlow.js',
    [4, 3],
    () => [
      layers.lstm({ units: 4, returnSequences: true, inputShape: [4, 3] }),
      layers.bidirectional({ layer: layers.lstm({ units: 2 }) as layersApi.RNN, mergeMode: 'concat' }),
      layers.dense({ units: 1 }),
    ],
  ],
] as const)('%s predicts what it predicts in TensorFlow.js', async (_, shape, make) => {
  const model = layersApi.sequential({ layers: [...make()] });
  const x = tf.randomUniform([2, ...shape], -1, 1, 'float32', 3);
  // Past zero, where a clipped gate would hide a wrong factor.
  model.setWeights(
    model
      .getWeights()
      .map((weight, index) => weight.add(tf.randomUniform(weight.shape, 0, 0.7, 'float32', index))),
  );
  const expected = model.predict(x) as tf.Tensor;
  const { file, weights } = await saved(model);
  const imported = specOf(file, { weights });
  const [input] = Object.keys(imported.spec.inputs);
  const { outputs } = evaluate(inferenceGraph(compileModel(imported.spec)), {
    [input!]: tensor('float32', [2, ...shape], x.dataSync<'float32'>()),
    ...Object.fromEntries(imported.weights),
  });
  const wanted = tensor('float32', expected.shape, expected.dataSync<'float32'>());
  expect(largestDifference(outputs.get('prediction')!, wanted)).toBeLessThan(1e-5);
});

const dense = (name: string, more: object = {}) => ({
  class_name: 'Dense',
  config: { name, units: 2, activation: 'linear', use_bias: true, ...more },
});
const sequential = (...given: object[]) => ({
  class_name: 'Sequential',
  config: {
    name: 's',
    layers: [{ class_name: 'InputLayer', config: { name: 'in', batch_input_shape: [null, 3] } }, ...given],
  },
});

test('a Functional model of Keras 3 is read with its branches', () => {
  const call = (...names: string[]) => {
    const tensors = names.map((name) => ({
      class_name: '__keras_tensor__',
      config: { shape: [null, 3], dtype: 'float32', keras_history: [name, 0, 0] },
    }));
    return [{ args: tensors.length === 1 ? tensors : [tensors], kwargs: {} }];
  };
  const { spec } = specOf({
    module: 'keras.src.models.functional',
    class_name: 'Functional',
    config: {
      layers: [
        { class_name: 'InputLayer', config: { name: 'x', batch_shape: [null, 3] }, inbound_nodes: [] },
        { ...dense('a/b', { activation: 'hard_sigmoid' }), inbound_nodes: call('x') },
        {
          ...dense('c', {
            kernel_initializer: {
              module: 'keras.initializers',
              class_name: 'HeNormal',
              config: { seed: null },
            },
          }),
          inbound_nodes: call('x'),
        },
        { class_name: 'Concatenate', config: { name: 'both', axis: 1 }, inbound_nodes: call('a/b', 'c') },
      ],
      output_layers: ['both', 0, 0],
    },
  });
  expect(spec.layers).toEqual([
    { type: 'dense', name: 'a_b', inputs: ['x'], units: 2, activation: 'hardSigmoid', useBias: true },
    {
      type: 'dense',
      name: 'c',
      inputs: ['x'],
      units: 2,
      activation: 'linear',
      useBias: true,
      kernelInitializer: 'heNormal',
    },
    { type: 'concat', name: 'both', inputs: ['a_b', 'c'], axis: 0 },
  ]);
});

test('every layer without a counterpart is listed in one error', () => {
  const file = sequential(
    { class_name: 'Lambda', config: { name: 'code' } },
    dense('frozen', { trainable: false }),
    dense('decayed', { kernel_regularizer: { class_name: 'L2', config: { l2: 0.1 } } }),
    {
      class_name: 'Conv2D',
      config: { name: 'conv', filters: 1, kernel_size: 3, data_format: 'channels_first' },
    },
  );
  expect(() => importKeras(file)).toThrow(
    /Lambda "code" \(there is no such layer\), Dense "frozen" \(trainable false.*\), Dense "decayed" \(kernel_regularizer .*\), Conv2D "conv" \(data_format channels_first\)/,
  );
});

test('a softmax at the end gives way to a loss that takes logits', () => {
  const file = sequential(dense('hidden'), dense('out', { activation: 'softmax' }));
  expect(importKeras(file).topology.layers?.at(-1)).toMatchObject({ activation: 'softmax' });
  const { topology } = importKeras(file, { loss: 'softmaxCrossEntropy' });
  expect(topology.layers?.at(-1)).toMatchObject({ name: 'out', activation: 'linear' });
});

test.each([
  [null, 'it has no layers'],
  [{ class_name: 'Sequential', config: { layers: [{}] } }, 'layer 0 has no class_name and config'],
  [
    { class_name: 'Sub', config: { layers: [{}] } },
    'it is a "Sub"; Sequential and Functional models are read',
  ],
  [
    {
      class_name: 'Sequential',
      config: { layers: [{ class_name: 'InputLayer', config: { batch_shape: [null, null] } }] },
    },
    'every axis but the batch must be fixed',
  ],
])('%j is no model', (file, message) => {
  expect(() => importKeras(file)).toThrow(message);
});

test('weights are checked against the file and the layers before they are used', () => {
  const manifest = (shape: number[]) => ({
    ...sequential(dense('d')),
    weightsManifest: [
      {
        weights: [
          { name: 'd/kernel', shape, dtype: 'float32' },
          {
            name: 'd/bias',
            shape: [2],
            dtype: 'float32',
            quantization: { dtype: 'uint8', scale: 0.5, min: -1 },
          },
        ],
      },
    ],
  });
  const bytes = new Uint8Array(26);
  bytes.set([0, 4], 24);
  expect(importKeras(manifest([3, 2]), { weights: bytes }).weights.get('d/bias')?.data).toEqual(
    Float32Array.of(-1, 1),
  );
  expect(() => importKeras(manifest([2, 3]), { weights: bytes })).toThrow(
    'has shape [2,3], which is [2,3] here; the layer has [3,2]',
  );
  expect(() => importKeras(manifest([1e9, 1e9]), { weights: bytes })).toThrow('there are 26');
  expect(() => importKeras(manifest([3, 2]), { weights: bytes.subarray(0, 25) })).toThrow(
    'would end at byte 26; there are 25',
  );
});

test('a zip of a model.json with its weight files is read; files in folders, too', async () => {
  const model = layersApi.sequential({ layers: [layers.dense({ units: 2, inputShape: [3] })] });
  const { file, weights } = await saved(model);
  const archive = zipSync({
    'web/model.json': strToU8(JSON.stringify(file)),
    'web/weights.bin': weights,
    'web/readme.txt': strToU8('hello'),
  });
  expect(isKerasFile(archive)).toBe(true);
  const imported = importKerasFile(archive, {});
  expect([...imported.weights].map(([name, { data }]) => [name, [...(data as Float32Array)]])).toEqual([
    [expect.stringMatching(/kernel$/), [...(model.getWeights()[0]!.dataSync() as Float32Array)]],
    [expect.stringMatching(/bias$/), [0, 0]],
  ]);
});

test.each([
  ['no model.json', { 'a.txt': strToU8('x') }, 'the archive has 0 files model.json; it needs one'],
  [
    'no weights',
    { 'model.json': strToU8('{"weightsManifest":[{"paths":["w.bin"]}]}') },
    'lacks the weight file "w.bin"',
  ],
  ['no JSON', { 'model.json': strToU8('{') }, 'it is not JSON'],
])('an archive with %s is refused', (_, files, message) => {
  expect(() => importKerasFile(zipSync(files), {})).toThrow(message);
});

test('an archive that was cut is refused', () => {
  const archive = zipSync({ 'model.json': strToU8('{}') });
  expect(() => importKerasFile(archive.subarray(0, -30), {})).toThrow('the zip archive is damaged');
});
