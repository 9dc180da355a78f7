import { describe, expect, it } from 'vitest';
import { chooseMicroBatches } from './choose-micro-batches.ts';
import { layerSummaries, price } from './price.ts';
import { compiled } from './reference.fixture.ts';

const loss = { type: 'softmaxCrossEntropy', labels: 'label' };
const inputs = { image: { shape: [28, 28, 1] } };
const mlp = compiled({
  inputs,
  layers: [
    { type: 'flatten' },
    { type: 'dense', units: 512, activation: 'relu' },
    { type: 'dense', units: 256, activation: 'relu' },
    { type: 'dense', units: 10 },
  ],
  loss,
});
const cnn = compiled({
  inputs,
  layers: [
    { type: 'conv2d', filters: 32, kernelSize: 3, activation: 'relu' },
    { type: 'maxPool2d' },
    { type: 'conv2d', filters: 64, kernelSize: 3, activation: 'relu' },
    { type: 'maxPool2d' },
    { type: 'flatten' },
    { type: 'dense', units: 128, activation: 'relu' },
    { type: 'dense', units: 10 },
  ],
  loss,
});
const question = { batchSize: 128, microBatches: 2, datasetCount: 60_000, epochs: 3, optimizerSlots: 2 };

describe('price', () => {
  it('counts the parameters, the steps and the bytes of an MLP', () => {
    const parameters = 784 * 512 + 512 + 512 * 256 + 256 + 256 * 10 + 10;
    // Only the last bias of 10 is padded, to 16.
    const bytes = (parameters + 6) * 4;
    expect(price(mlp, question)).toMatchObject({
      parameters,
      parameterBytes: bytes,
      wireBytesPerStep: 2 * bytes,
      serverMemoryBytes: 6 * bytes,
      stepsPerEpoch: 469,
      steps: 1407,
      microBatches: 2,
    });
  });

  it('counts a multiply and an add as two, forward, by weights and by inputs', () => {
    const forwardAndWeights = 2 * (784 * 512 + 512 * 256 + 256 * 10);
    const byInputs = 512 * 256 + 256 * 10;
    const { flopsPerStep } = price(mlp, question);
    const matrices = 2 * (forwardAndWeights + byInputs) * 128;
    // The rest, biases and activations, is below two per cent.
    expect(flopsPerStep / matrices).toBeGreaterThan(1);
    expect(flopsPerStep / matrices).toBeLessThan(1.02);
  });

  it('a worker needs less memory for a smaller micro-batch', () => {
    const memory = (microBatches: number) => price(cnn, { ...question, microBatches }).workerMemoryBytes;
    // Adding eight of them up takes three more gradient buffers, and 128 samples are computed in two parts.
    expect(memory(1) - memory(8)).toBeGreaterThan(20 * 2 ** 20);
    // At least the process, and the two largest activations of a part.
    expect(memory(1)).toBeGreaterThan(256 * 2 ** 20 + 2 * 64 * 26 * 26 * 32 * 4);
  });

  it('a worker holds parameters, gradients, samples, and what evaluating takes', () => {
    const memory = (more: object) =>
      price(mlp, { ...question, microBatches: 1, ...more }).workerMemoryBytes -
      price(mlp, { ...question, microBatches: 1 }).workerMemoryBytes;
    const { parameterBytes } = price(mlp, question);
    expect(memory({ samplesBytes: 47_000_000 })).toBe(47_000_000);
    // 500 images as floats, and more for the activations.
    expect(memory({ evaluationBatch: 500 })).toBeGreaterThan(500 * 784 * 4);
    expect(memory({ evaluationBatch: 500 })).toBeLessThan(10 * 500 * 784 * 4);
    // Its own versions and slots.
    expect(memory({ localSteps: 4 })).toBe(5 * parameterBytes);
    // A second gradient waits for its sibling in the tree.
    expect(memory({ batchSize: 256, microBatches: 2 })).toBe(parameterBytes);
  });

  it('a summary says what comes out of each layer and what it costs', () => {
    expect(layerSummaries(cnn).slice(2, 5)).toEqual([
      {
        name: 'conv2d_2',
        type: 'conv2d',
        outputShape: ['batch', 11, 11, 64],
        parameters: 64 * 32 * 9 + 64,
        // 2 · 288 for the window, 1 for the bias, 1 for the activation.
        flops: 11 * 11 * 64 * (2 * 288 + 2),
      },
      {
        name: 'maxPool2d_2',
        type: 'maxPool2d',
        outputShape: ['batch', 5, 5, 64],
        parameters: 0,
        flops: 6400,
      },
      { name: 'flatten_1', type: 'flatten', outputShape: ['batch', 1600], parameters: 0, flops: 0 },
    ]);
  });
});

describe('chooseMicroBatches', () => {
  it('cuts the MLP and the small CNN in two at batch 128', () => {
    const choose = (model: typeof mlp) => chooseMicroBatches({ ...price(model, question), batchSize: 128 });
    expect(choose(mlp)).toBe(2);
    expect(choose(cnn)).toBe(2);
  });

  it.each([
    [1e6, 128, 0, 1],
    [15.9e6, 128, 0, 1],
    [16e6, 128, 0, 2],
    [3.19e9, 128, 0, 2],
    [3.2e9, 128, 0, 4],
    [3.2e9, 128, 2e6, 2],
    [6.4e9, 128, 1e6, 8],
    [1e15, 4096, 1e9, 8],
    [1e15, 32, 0, 4],
    [1e15, 16, 0, 2],
    [1e15, 15, 0, 1],
    [1e15, 1, 0, 1],
  ])('%d FLOP at batch %i with %d parameters → %i', (flopsPerStep, batchSize, parameters, expected) => {
    expect(chooseMicroBatches({ flopsPerStep, batchSize, parameters })).toBe(expected);
  });
});
