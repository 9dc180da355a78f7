/** Small, but with everything that could differ: dropout masks, optimizer slots, a smaller last mini-batch. */
export function chaosJob({ large, soakSteps }) {
  const epochs = soakSteps === undefined ? 6 : Math.ceil(soakSteps / 36);
  return {
    name: 'chaos',
    model: {
      inputs: { image: { shape: [28, 28, 1] } },
      layers: [
        { type: 'flatten' },
        // 784 · 3,200 + 3,200 · 2,350 elements: 40 MB.
        { type: 'dense', units: large ? 3_200 : 24, activation: 'relu' },
        { type: 'dropout', rate: 0.2 },
        ...(large ? [{ type: 'dense', units: 2_350, activation: 'relu' }] : []),
        { type: 'dense', units: 10 },
      ],
      loss: { type: 'softmaxCrossEntropy', labels: 'label' },
      metrics: ['accuracy'],
    },
    data: {
      dataset: 'builtin:mnist',
      train: 'test',
      validation: { ratio: 0.1 },
      inputs: { image: { columns: ['image'], transform: { type: 'scale', factor: 1 / 255 } } },
    },
    training: {
      epochs: large ? 1 : epochs,
      batchSize: large ? 64 : 256,
      microBatches: 4,
      seed: 7,
      optimizer: large ? { type: 'sgd', learningRate: 0.01 } : { type: 'adam', learningRate: 0.002 },
      clipNorm: 1,
      checkpointEverySteps: large ? 20 : 25,
    },
  };
}
