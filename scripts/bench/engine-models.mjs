// The four models that the engine is measured with.
const conv = (filters) => ({ type: 'conv2d', filters, kernelSize: 3, padding: 'same', activation: 'relu' });
const pool = { type: 'maxPool2d', poolSize: 2 };
const dense = (units, activation) => ({ type: 'dense', units, ...(activation ? { activation } : {}) });
const image = { image: { shape: [28, 28, 1] } };
const classifier = (layers) => ({
  inputs: image,
  layers,
  loss: { type: 'softmaxCrossEntropy', labels: 'label' },
});
const block = { type: 'transformerBlock', heads: 4, causal: true };
export const models = {
  mlp: classifier([{ type: 'flatten' }, dense(512, 'relu'), dense(256, 'relu'), dense(10)]),
  wide: classifier([
    { type: 'flatten' },
    dense(2688, 'relu'),
    dense(2688, 'relu'),
    dense(256, 'relu'),
    dense(10),
  ]),
  cnn: classifier([conv(32), pool, conv(64), pool, { type: 'flatten' }, dense(128, 'relu'), dense(10)]),
  transformer: {
    inputs: { text: { shape: [64], dtype: 'int32' } },
    layers: [
      { type: 'embedding', vocabulary: 256, units: 128 },
      { type: 'positionalEmbedding' },
      { type: 'repeat', times: 4, layers: [block] },
      { type: 'layerNormalization', epsilon: 1e-5 },
      dense(256),
    ],
    loss: { type: 'softmaxCrossEntropy', labels: 'next' },
  },
};
/** Samples of one step, all workers together. */
export const wholeBatch = { mlp: 128, wide: 128, cnn: 128, transformer: 32 };
