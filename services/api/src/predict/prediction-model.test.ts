import { createEngine } from '@descent/engines';
import { encodeSafetensors, tensor } from '@descent/tensors';
import { expect, test } from 'vitest';
import { createPredictionModel, type PredictionSource } from './prediction-model.ts';

const statistics = { minimum: 0, maximum: 1, mean: 0.5, standardDeviation: 0.5 };
const numbers = (name: string) => ({ name, dtype: 'float32' as const, shape: [], statistics });

test('a model with several losses answers for each of them', async () => {
  const engine = await createEngine({ engine: 'onnx', device: 'cpu' });
  const head = (name: string) => ({ type: 'dense' as const, name, units: 2, useBias: false, inputs: ['x'] });
  const source: PredictionSource = {
    spec: {
      inputs: { x: { shape: [2] } },
      layers: [head('place'), head('marks')],
      loss: [
        { type: 'meanSquaredError', prediction: 'place', labels: 'where' },
        { type: 'sigmoidCrossEntropy', prediction: 'marks', labels: 'which' },
      ],
    },
    data: { dataset: 'ds', inputs: { x: { columns: ['a', 'b'] } } },
    manifest: { hash: '', columns: [numbers('a'), numbers('b')], splits: [] },
  };
  const weights = encodeSafetensors(
    new Map([
      ['place/kernel', tensor('float32', [2, 2], Float32Array.of(2, 0, 0, 2))],
      ['marks/kernel', tensor('float32', [2, 2], Float32Array.of(1, 0, 0, 1))],
    ]),
  );
  const prediction = await createPredictionModel(engine, source, weights).predict({
    inputs: { x: [[0, 3]] },
  });
  expect(prediction).toMatchObject({
    outputs: [[0, 6]],
    probabilities: null,
    classNames: null,
    others: {
      marks: { outputs: [[0, 3]], probabilities: [[0.5, expect.closeTo(1 / (1 + Math.exp(-3)), 5)]] },
    },
  });
  await engine.dispose();
});
