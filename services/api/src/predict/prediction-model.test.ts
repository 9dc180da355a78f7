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
    seed: 0,
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

test('raw rows go through the transforms of the job: missing values, categories, statistics', async () => {
  const engine = await createEngine({ engine: 'onnx', device: 'cpu' });
  const kind = { name: 'kind', dtype: 'int32' as const, shape: [], statistics, classes: ['ash', 'oak'] };
  const source: PredictionSource = {
    spec: {
      inputs: { x: { shape: [4] } },
      layers: [{ type: 'dense', name: 'sum', units: 4, useBias: false }],
      loss: { type: 'custom', value: 'sum' },
    },
    data: {
      dataset: 'ds',
      inputs: {
        x: {
          columns: ['a', { name: 'kind', transform: { type: 'oneHot' } }, 'b'],
          transform: [
            { type: 'fill', with: 'mean', values: [3, 5] },
            { type: 'standardise', mean: [1, 5], standardDeviation: [2, 1] },
          ],
        },
      },
    },
    seed: 0,
    manifest: {
      hash: '',
      columns: [{ ...numbers('a'), missing: 2 }, kind, numbers('b')],
      splits: [],
    },
  };
  const identity = Float32Array.from({ length: 16 }, (_, i) => Number(i % 5 === 0));
  const weights = encodeSafetensors(new Map([['sum/kernel', tensor('float32', [4, 4], identity)]]));
  const model = createPredictionModel(engine, source, weights);
  const rows = [
    { a: null, kind: 'oak', b: 7 },
    { a: 5, kind: 'ash', b: 5 },
  ];
  const expected = [
    [1, 0, 1, 2],
    [2, 1, 0, 0],
  ];
  expect((await model.predict({ rows })).outputs).toEqual(expected);
  const inputs = { x: rows.map(({ a, kind: name, b }) => [a, name, b]) };
  expect((await model.predict({ inputs })).outputs).toEqual(expected);
  await expect(model.predict({ rows: [{ a: 1, kind: 'oaks', b: 2 }] })).rejects.toThrow(
    'inputs.x[0][1]: column "kind" has no class "oaks"; did you mean "oak"?',
  );
  await expect(model.predict({ rows: [{ a: 1, knd: 'oak', b: 2 }] })).rejects.toThrow(
    'rows[0].knd: the data set has no column "knd"; did you mean "kind"?',
  );
  await expect(model.predict({ rows: [{ a: 1, b: 2 }] })).rejects.toThrow('rows[0].kind: is missing');
  await expect(model.predict({ rows, inputs })).rejects.toThrow('give either `inputs` or `rows`');
  await engine.dispose();
});
