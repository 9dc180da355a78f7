// The benchmark's models: MNIST-shaped, and trained on MNIST itself.
const conv = (filters) => ({ type: 'conv2d', filters, kernelSize: 3, padding: 'same', activation: 'relu' });
const pool = { type: 'maxPool2d', poolSize: 2 };
const dense = (units, activation) => ({ type: 'dense', units, ...(activation ? { activation } : {}) });

const layers = {
  mlp: [{ type: 'flatten' }, dense(512, 'relu'), dense(256, 'relu'), dense(10)],
  cnn: [conv(32), pool, conv(64), pool, { type: 'flatten' }, dense(128, 'relu'), dense(10)],
};

/** Steps of one measured run; the first tenth is warm-up. */
const steps = { mlp: 1500, cnn: 150 };

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
      inputs: { image: { columns: ['image'], transform: { type: 'scale', factor: 1 / 255 } } },
    },
    training: {
      epochs: Math.ceil((steps[name] * 128) / 60_000),
      batchSize: 128,
      optimizer: { type: 'sgd', learningRate: 0.05, momentum: 0.9 },
    },
    maxWorkers,
  };
}

export const stepsOf = (name) => steps[name];
