import { evaluate } from '@descent/autodiff';
import { metricNames } from '@descent/contracts';
import { describe, expect, it } from 'vitest';
import { evaluationGraph } from '../graphs.ts';
import { outputOf } from '../reference.fixture.ts';
import { feedsOf, type MetricCase, metricCases, modelOf } from './metric-cases.fixture.ts';
import { scoresOf, sumCount, tablesOf } from './scores.ts';

function scoresFor(one: MetricCase, parts: readonly (readonly number[])[]) {
  const model = modelOf(one);
  const graph = evaluationGraph(model);
  const sums = new Float64Array(2 + sumCount(model.metrics));
  for (const samples of parts) {
    const evaluation = evaluate(graph, feedsOf(one, samples));
    const block = [
      samples.length,
      outputOf(evaluation, 'loss').values[0]!,
      ...model.metrics.flatMap(({ name }) => outputOf(evaluation, `metric/${name}`).values),
    ];
    block.forEach((value, index) => {
      sums[index]! += value;
    });
  }
  const { loss: _, ...scores } = scoresOf(model.metrics, sums);
  const tables = tablesOf(model.metrics, sums, () => undefined);
  return {
    ...scores,
    ...Object.fromEntries(Object.entries(tables).map(([name, { values }]) => [name, values])),
  };
}

it('every metric has a case', () => {
  const types = metricCases.flatMap(({ metrics }) =>
    metrics.map((metric) => (typeof metric === 'string' ? metric : metric.type)),
  );
  expect(new Set(types)).toEqual(new Set(metricNames));
});

describe.each(metricCases.map((one) => [one.name, one] as const))('%s', (_, one) => {
  const all = one.y.map((_, sample) => sample);
  const check = (scores: Readonly<Record<string, unknown>>) => {
    expect(Object.keys(scores).sort()).toEqual(Object.keys(one.expected).sort());
    for (const [name, expected] of Object.entries(one.expected)) {
      if (typeof expected === 'number') expect(scores[name], name).toBeCloseTo(expected, 5);
      else expect(scores[name], name).toEqual(expected);
    }
  };

  it('in one micro-batch', () => check(scoresFor(one, [all])));
  it('in micro-batches of one sample', () => {
    check(
      scoresFor(
        one,
        all.map((sample) => [sample]),
      ),
    );
  });
});
