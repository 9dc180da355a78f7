import { evaluate } from '@descent/autodiff';
import { ModelSpec, validate } from '@descent/contracts';
import { compileModel, inferenceGraph, initializeParameters, viewOf } from '@descent/models';
import { tensor } from '@descent/tensors';
import { describe, expect, test } from 'vitest';
import { exportOnnx } from './onnx/export-onnx.ts';
import { exportPytorch } from './pytorch/export-pytorch.ts';
import { largestDifference, missingTorch, runOnnx, runPytorch } from './testing.ts';
import type { TrainedModel } from './trained-model.ts';

const specs: Readonly<Record<string, object>> = {
  'an MLP': {
    inputs: { 'pixel row': { shape: [6] } },
    layers: [
      { type: 'dense', units: 5, activation: 'gelu' },
      { type: 'dropout', rate: 0.5 },
      { type: 'dense', units: 3, name: 'prediction' },
    ],
    loss: { type: 'softmaxCrossEntropy', labels: 'label' },
  },
  'a CNN with batch normalisation and a residual block': {
    inputs: { image: { shape: [9, 8, 3] } },
    layers: [
      { type: 'conv2d', filters: 4, kernelSize: 3, strides: 2, padding: 'same' },
      { type: 'batchNormalization' },
      { type: 'activation', activation: 'relu' },
      {
        type: 'residual',
        layers: [{ type: 'conv2d', filters: 4, kernelSize: 3, padding: 'same' }],
        activation: 'relu',
      },
      { type: 'averagePool2d', padding: 'same', poolSize: 3, strides: 2 },
      { type: 'flatten' },
      { type: 'dense', units: 2 },
    ],
    loss: { type: 'softmaxCrossEntropy', labels: 'label' },
  },
  'an LSTM classifier over symbols': {
    inputs: { words: { shape: [5], dtype: 'int32' } },
    layers: [
      { type: 'embedding', vocabulary: 7, units: 3 },
      { type: 'lstm', units: 4, bidirectional: true },
      { type: 'dense', units: 2 },
    ],
    loss: { type: 'softmaxCrossEntropy', labels: 'label' },
  },
  'a transformer of two blocks': {
    inputs: { words: { shape: [6], dtype: 'int32' } },
    layers: [
      { type: 'embedding', vocabulary: 7, units: 8 },
      { type: 'positionalEmbedding' },
      { type: 'repeat', times: 2, layers: [{ type: 'transformerBlock', heads: 2, causal: true }] },
      { type: 'globalAveragePool1d' },
      { type: 'dense', units: 2 },
    ],
    loss: { type: 'softmaxCrossEntropy', labels: 'label' },
  },
  'a graph of operations': {
    inputs: { x: { shape: [4] } },
    parameters: { w: { shape: [4, 3] }, fixed: { shape: [3], trainable: false, initializer: 'normal' } },
    constants: { shift: { shape: [3], values: [1, -2, 0.1] } },
    nodes: [
      { op: 'MatMul', name: 'forward', inputs: ['x', 'w'] },
      { op: 'Add', name: 'batch', inputs: ['forward', 'shift'] },
      { op: 'Mul', name: 'out', inputs: ['batch', 'fixed'] },
    ],
    loss: { type: 'meanSquaredError', labels: 'y' },
  },
};

const models = Object.entries(specs).map(([name, spec]) => {
  const model = compileModel(validate(ModelSpec, spec));
  const flat = initializeParameters(model.layout, 11);
  const weights = model.layout.entries.map((entry) => {
    const data = viewOf(flat, entry).map((value, index) => value + 0.2 * Math.cos(3 * index + entry.offset));
    const usable = entry.name.endsWith('Variance') ? data.map(Math.abs) : data;
    return [entry.name, tensor('float32', entry.shape, usable)] as const;
  });
  const trained: TrainedModel = { name, model, weights: new Map(weights) };
  const feeds = (batch: number) =>
    Object.fromEntries(
      model.inputs
        .filter(({ role }) => role === 'feature')
        .map(({ name: input, shape, dtype }) => {
          const size = shape.reduce((product, dim) => product * dim, batch);
          const data =
            dtype === 'int32'
              ? tensor(
                  'int32',
                  [batch, ...shape],
                  Int32Array.from({ length: size }, (_, i) => (3 * i + 1) % 7),
                )
              : tensor(
                  'float32',
                  [batch, ...shape],
                  Float32Array.from({ length: size }, (_, i) => Math.sin(2 * i)),
                );
          return [input, data] as const;
        }),
    );
  const expected = (batch: number) =>
    evaluate(inferenceGraph(model), { ...feeds(batch), ...Object.fromEntries(trained.weights) }).outputs;
  return { name, trained, feeds, expected };
});

describe('an exported model predicts what the job predicts', () => {
  test.each(models)('$name, in onnxruntime, for any batch size', async ({ trained, feeds, expected }) => {
    const file = exportOnnx(trained);
    for (const batch of [1, 3]) {
      const results = await runOnnx(file, feeds(batch));
      const wanted = expected(batch);
      expect([...results.keys()].sort()).toEqual([...wanted.keys()].sort());
      for (const [output, value] of wanted) {
        expect(largestDifference(results.get(output)!, value), output).toBeLessThan(1e-5);
      }
    }
  });

  const missing = missingTorch();
  test.skipIf(missing !== undefined)(
    missing === undefined ? 'in PyTorch, from one file and the safetensors file' : `skipped: ${missing}`,
    () => {
      const runs = models.map(({ trained, feeds }) => ({
        source: exportPytorch(trained),
        weights: trained.weights,
        inputs: Object.values(feeds(3)),
      }));
      runPytorch(runs).forEach((result, index) => {
        const { name, expected } = models[index]!;
        if (typeof result === 'string') expect.soft(result, name).toBe('');
        else expect.soft(largestDifference(result, expected(3).get('prediction')!), name).toBeLessThan(1e-5);
      });
    },
    120_000,
  );

  test('the Python file reads like one', () => {
    const { trained } = models[0]!;
    expect(exportPytorch(trained)).toContain(
      [
        '    def forward(self, pixel_row):',
        '        """The prediction for a batch of samples.',
        '',
        '        pixel_row: float32 (batch, 6) (pixel row)',
        '        returns: (batch, 3)',
        '        """',
        '        # dense_1: dense -> (batch, 5)',
        '        dense_1_Gemm = pixel_row @ self.dense_1_kernel + self.dense_1_bias',
        '        dense_1_Gelu = F.gelu(dense_1_Gemm)',
      ].join('\n'),
    );
  });
});
