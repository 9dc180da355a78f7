import { evaluate } from '@descent/autodiff';
import { createEngine, type ElementArray, type Engine, engineNames } from '@descent/engines';
import { evaluationGraph, trainingGraph } from '@descent/models';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as losses from '../../packages/models/src/losses/loss-cases.fixture.ts';
import * as metrics from '../../packages/models/src/metrics/metric-cases.fixture.ts';

const objectives = [
  ...losses.lossCases.map((one) => {
    const feeds = losses.feedsOf(one, [...one.expected.keys()]);
    return {
      name: `${one.loss.type}: ${one.name}`,
      model: losses.modelOf(one),
      feeds,
      batch: one.expected.length,
    };
  }),
  ...metrics.metricCases.map((one) => {
    const feeds = metrics.feedsOf(one, [...one.y.keys()]);
    return { name: `metrics: ${one.name}`, model: metrics.modelOf(one), feeds, batch: one.y.length };
  }),
];

describe.each(engineNames)(
  'every loss and metric on the %s engine is what it is in the reference',
  (name) => {
    let engine: Engine;
    beforeAll(async () => {
      engine = await createEngine({ engine: name, device: 'cpu' });
    });
    afterAll(() => engine.dispose());

    test.each(objectives)('$name', async ({ model, feeds, batch }) => {
      for (const graph of [trainingGraph(model), evaluationGraph(model)]) {
        const expected = evaluate(graph, feeds).outputs;
        const program = await engine.compile(graph, { batch });
        const outputs = new Map(program.outputs.map((port) => [port.name, new Float32Array(port.elements)]));
        const inputs = new Map(
          program.inputs.map((port) => [port.name, feeds[port.name]!.data as ElementArray]),
        );
        await program.bind({ inputs, outputs }).run();
        for (const [output, values] of outputs) {
          const wanted = Array.from(expected.get(output)!.data, Number);
          const furthest = Math.max(...wanted.map((value, index) => Math.abs(value - values[index]!)));
          expect(furthest, output).toBeLessThan(1e-4 * Math.max(1, ...wanted.map(Math.abs)));
        }
        await program.release();
      }
    });
  },
);
