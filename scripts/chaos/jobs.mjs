import { mlpLayers, mnistJob } from '@descent/testkit';

/** Small, but with everything that could differ: dropout masks, optimizer slots, a smaller last mini-batch. */
export function chaosJob({ large, soakSteps }) {
  const epochs = soakSteps === undefined ? 6 : Math.ceil(soakSteps / 36);
  const [flatten, , dropout, output] = mlpLayers();
  return mnistJob({
    name: 'chaos',
    layers: large
      ? [
          flatten,
          // 784 · 3,200 + 3,200 · 2,350 elements: 40 MB.
          { type: 'dense', units: 3_200, activation: 'relu' },
          dropout,
          { type: 'dense', units: 2_350, activation: 'relu' },
          output,
        ]
      : mlpLayers(),
    training: {
      // 36 steps of 80 MB and more through the proxy.
      epochs: large ? 1 : epochs,
      batchSize: 256,
      microBatches: 4,
      seed: 7,
      optimizer: large ? { type: 'sgd', learningRate: 0.01 } : { type: 'adam', learningRate: 0.002 },
      clipNorm: 1,
      checkpointEverySteps: large ? 10 : 25,
    },
  });
}
