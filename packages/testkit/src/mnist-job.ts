import type { JobCreate } from '@descent/contracts';

type Layers = NonNullable<JobCreate['model']['layers']>;

/** Small, but with everything that could differ: dropout masks and a hidden layer. */
export function mlpLayers(units = 24): Layers {
  return [
    { type: 'flatten' },
    { type: 'dense', units, activation: 'relu' },
    { type: 'dropout', rate: 0.2 },
    { type: 'dense', units: 10 },
  ];
}

/** Trains on 9,000 samples of MNIST's test split and validates on the other 1,000: seconds, not minutes. */
export function mnistJob({
  name,
  layers = mlpLayers(),
  training,
}: Pick<JobCreate, 'training'> & { readonly name: string; readonly layers?: Layers }): JobCreate {
  return {
    name,
    model: {
      inputs: { image: { shape: [28, 28, 1] } },
      layers,
      loss: { type: 'softmaxCrossEntropy', labels: 'label' },
      metrics: ['accuracy'],
    },
    data: {
      dataset: 'builtin:mnist',
      train: 'test',
      validation: { ratio: 0.1 },
      inputs: { image: { columns: ['image'], transform: { type: 'scale', factor: 1 / 255 } } },
    },
    training,
  };
}
