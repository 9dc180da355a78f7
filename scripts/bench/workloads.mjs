// The benchmark's workloads: the same models, batch sizes and optimizers as in peer_ddp.py.
const conv = (filters) => ({ type: 'conv2d', filters, kernelSize: 3, padding: 'same', activation: 'relu' });
const pool = { type: 'maxPool2d', poolSize: 2 };
const dense = (units, activation) => ({ type: 'dense', units, ...(activation ? { activation } : {}) });
const flatten = { type: 'flatten' };

const momentum = { type: 'sgd', learningRate: 0.01, momentum: 0.9 };
const classifier = (...layers) => ({
  data: 'images',
  batchSize: 128,
  optimizer: momentum,
  model: {
    inputs: { image: { shape: [28, 28, 1] } },
    layers,
    loss: { type: 'softmaxCrossEntropy', labels: 'label' },
  },
  inputs: { image: { columns: ['image'], transform: { type: 'scale', factor: 1 / 255 } } },
});

export const workloads = {
  mlp: classifier(flatten, dense(512, 'relu'), dense(256, 'relu'), dense(10)),
  cnn: classifier(conv(32), pool, conv(64), pool, flatten, dense(128, 'relu'), dense(10)),
  transformer: {
    data: 'tokens',
    batchSize: 32,
    optimizer: { type: 'adamw', learningRate: 0.0006 },
    model: {
      inputs: { text: { shape: [64], dtype: 'int32' } },
      layers: [
        { type: 'embedding', vocabulary: 256, units: 128 },
        { type: 'positionalEmbedding' },
        {
          type: 'repeat',
          name: 'block',
          times: 4,
          layers: [{ type: 'transformerBlock', heads: 4, causal: true }],
        },
        { type: 'layerNormalization', epsilon: 1e-5 },
        dense(256),
      ],
      loss: { type: 'softmaxCrossEntropy', labels: 'next' },
    },
    inputs: {},
  },
  /** 10 M parameters, 40 MB of gradients. */
  wide: classifier(flatten, dense(2816, 'relu'), dense(2752, 'relu'), dense(10)),
  /** 0.1 M parameters, 0.4 MB: what `wide` is held against. */
  narrow: classifier(flatten, dense(128, 'relu'), dense(10)),
};

/** A job without validation, and with one checkpoint, at the end. An epoch has 64 steps. */
export function jobOf(name, { dataset, epochs, maxWorkers, training = {} }) {
  const { model, batchSize, optimizer, inputs } = workloads[name];
  return {
    name: `bench ${name}`,
    model,
    data: { dataset, inputs },
    training: {
      epochs,
      batchSize,
      checkpointEverySteps: 1_000_000,
      optimizer,
      ...training,
    },
    maxWorkers,
  };
}
