// The benchmark's models: MNIST-shaped, and trained on MNIST itself.
const conv = (filters) => ({ type: 'conv2d', filters, kernelSize: 3, padding: 'same', activation: 'relu' });
const pool = { type: 'maxPool2d', poolSize: 2 };
const dense = (units, activation) => ({ type: 'dense', units, ...(activation ? { activation } : {}) });

const layers = {
  mlp: [{ type: 'flatten' }, dense(512, 'relu'), dense(256, 'relu'), dense(10)],
  cnn: [conv(32), pool, conv(64), pool, { type: 'flatten' }, dense(128, 'relu'), dense(10)],
};

/** Epochs of 79 steps (the 10,000 images of the test split) in one measured run; a tenth of its steps is warm-up. */
const epochs = { mlp: 20, cnn: 2 };
const stepsPerEpoch = 79;

export const caseNames = Object.keys(layers);

export function jobOf(name, { maxWorkers }) {
  return {
    name: `bench ${name}`,
    model: {
      inputs: { image: { shape: [28, 28, 1] } },
      layers: layers[name],
      loss: { type: 'softmaxCrossEntropy', labels: 'label' },
      metrics: ['accuracy'],
    },
    data: {
      dataset: 'builtin:mnist',
      train: 'test',
      inputs: { image: { columns: ['image'], transform: { type: 'scale', factor: 1 / 255 } } },
    },
    training: {
      epochs: epochs[name],
      batchSize: 128,
      checkpointEverySteps: 1_000_000,
      optimizer: { type: 'sgd', learningRate: 0.05, momentum: 0.9 },
    },
    maxWorkers,
  };
}

export const stepsOf = (name) => epochs[name] * stepsPerEpoch;
