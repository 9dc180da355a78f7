import { evaluate } from '@descent/autodiff';
import { ModelSpec, validate } from '@descent/contracts';
import { compileModel, inferenceGraph, initializeParameters, trainingGraph, viewOf } from '@descent/models';
import { tensor } from '@descent/tensors';
import { expect, test } from 'vitest';
import { recurrentClassifier } from '../../examples/tracing/recurrent-classifier.ts';

const size = { time: 4, features: 3, units: 5, classes: 2 };
const compiled = (attention: boolean) =>
  compileModel(validate(ModelSpec, recurrentClassifier({ ...size, attention })));

test('the traced example compiles, predicts and has a gradient for every parameter', () => {
  const model = compiled(true);
  const flat = initializeParameters(model.layout, 3);
  const weights = model.layout.entries.map(
    (entry) => [entry.name, tensor('float32', entry.shape, viewOf(flat, entry))] as const,
  );
  const x = tensor(
    'float32',
    [2, 4, 3],
    Float32Array.from({ length: 24 }, (_, index) => Math.sin(index)),
  );
  const feeds = { x, label: tensor('int32', [2], Int32Array.of(0, 1)), ...Object.fromEntries(weights) };
  const probabilities = evaluate(inferenceGraph(model), { x, ...Object.fromEntries(weights) }).outputs;
  const rows = Array.from(probabilities.get('probabilities')!.data, Number);
  expect(rows[0]! + rows[1]!).toBeCloseTo(1, 12);
  expect(rows[2]! + rows[3]!).toBeCloseTo(1, 12);
  const { outputs } = evaluate(trainingGraph(model), feeds);
  for (const { name } of model.layout.entries) {
    const gradient = Array.from(outputs.get(`gradient/${name}`)!.data, Number);
    expect(Math.hypot(...gradient), name).toBeGreaterThan(1e-9);
  }
});

test('its condition decides what is traced', () => {
  const names = (attention: boolean) => compiled(attention).layout.entries.map(({ name }) => name);
  expect(names(true).filter((name) => !names(false).includes(name))).toEqual(['query_w', 'query_b', 'key']);
});
