import { checkGradient, evaluate } from '@descent/autodiff';
import { lossSchemas } from '@descent/contracts';
import { describe, expect, it } from 'vitest';
import { evaluationGraph, trainingGraph } from '../graphs.ts';
import { floats, outputOf } from '../reference.fixture.ts';
import { feedsOf, type LossCase, lossCases, modelOf } from './loss-cases.fixture.ts';

type Feeds = ReturnType<typeof feedsOf>;

it('every loss has a case', () => {
  expect(new Set(lossCases.map(({ loss }) => loss.type))).toEqual(new Set(Object.keys(lossSchemas)));
});

describe.each(lossCases.map((one) => [`${one.loss.type}: ${one.name}`, one] as const))('%s', (_, one) => {
  const model = modelOf(one);
  const all = one.expected.map((_, sample) => sample);
  const lossOf = (samples: readonly number[]) =>
    outputOf(evaluate(evaluationGraph(model), feedsOf(one, samples)), 'loss').values[0]!;

  it('has the value that the formula gives, sample by sample', () => {
    for (const sample of all) expect(lossOf([sample])).toBeCloseTo(one.expected[sample]!, 5);
  });

  it('adds up over micro-batches, and so do its gradients', () => {
    const graph = trainingGraph(model);
    const outputs = (samples: readonly number[]) => {
      const { outputs } = evaluate(graph, feedsOf(one, samples));
      return [...outputs.values()].flatMap(({ data }) => Array.from(data, Number));
    };
    const parts = all.map((sample) => outputs([sample]));
    outputs(all).forEach((value, index) => {
      const sum = parts.reduce((total, part) => total + part[index]!, 0);
      expect(value).toBeCloseTo(sum, 5);
    });
  });

  it('has the gradient that finite differences show', () => {
    const { parameters, moved } = offCorners(one, feedsOf(one, all));
    expect(checkGradient(model.forward.training, 'loss', parameters, moved)).toMatchObject({ passed: true });
  });
});

/** Feeds whose parameters are off the corners that round numbers sit on. */
function offCorners(one: LossCase, feeds: Feeds) {
  const parameters = Object.keys(one.x).map((name) => `${name}_p`);
  const shift = (value: number, index: number) => value + 0.0137 * ((index % 7) + 1);
  const moved = Object.fromEntries(
    Object.entries(feeds).map(([name, feed]) => {
      const data = Array.from(feed.data, Number).map(shift);
      return [name, parameters.includes(name) ? floats(feed.shape, data) : feed];
    }),
  );
  return { parameters, moved };
}

const weightable = lossCases.filter(({ y }) => y !== undefined);

describe.each(weightable.map((one) => [`${one.loss.type}: ${one.name}`, one] as const))(
  'with sample weights, %s',
  (_, one) => {
    const model = modelOf({ ...one, loss: { ...one.loss, sampleWeights: 'importance' } });
    const all = one.expected.map((_, sample) => sample);
    const weights = all.map((sample) => 0.5 + 1.25 * sample);
    const feeds = { ...feedsOf(one, all), importance: floats([all.length], weights) };

    it('multiplies the loss of every sample by its weight', () => {
      const expected = one.expected.reduce((sum, loss, sample) => sum + weights[sample]! * loss, 0);
      expect(outputOf(evaluate(evaluationGraph(model), feeds), 'loss').values[0]).toBeCloseTo(expected, 4);
      expect(model.inputs.at(-1)).toEqual({ name: 'importance', role: 'label', dtype: 'float32', shape: [] });
    });

    it('has the gradient that finite differences show, also where a weight is 0', () => {
      const importance = floats(
        [all.length],
        weights.map((weight, sample) => (sample === 1 ? 0 : weight)),
      );
      const { parameters, moved } = offCorners(one, { ...feeds, importance });
      expect(checkGradient(model.forward.training, 'loss', parameters, moved)).toMatchObject({
        passed: true,
      });
    });
  },
);
