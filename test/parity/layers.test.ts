import { evaluate } from '@descent/autodiff';
import { createEngine, type ElementArray, type Engine, engineNames } from '@descent/engines';
import { inferenceGraph, trainingGraph } from '@descent/models';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { feedsOf } from '../../packages/models/src/gradient.fixture.ts';
import { layerCases } from '../../packages/models/src/layer-cases.fixture.ts';
import { compiled } from '../../packages/models/src/reference.fixture.ts';

/** A gradient that is zero on paper, as that of a bias before a normalisation, is rounding noise on an engine. */
const smallestScale = 0.1;
const tolerance = 1e-4;
const samples = 3;

describe.each(engineNames)('every layer on the %s engine computes what the reference computes', (name) => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await createEngine({ engine: name, device: 'cpu' });
  });
  afterAll(() => engine.dispose());

  test.each(layerCases.map(([shape, ...layers]) => ({ shape, layers, text: JSON.stringify(layers) })))(
    '$text of $shape',
    async ({ shape, layers }) => {
      const model = compiled({
        inputs: { x: { shape } },
        layers: [{ type: 'dense', name: 'front', units: shape.at(-1) }, ...layers],
        loss: { type: 'meanSquaredError', labels: 'y' },
      });
      const feeds = feedsOf(model);
      for (const graph of [trainingGraph(model), inferenceGraph(model)]) {
        const expected = evaluate(graph, feeds).outputs;
        const program = await engine.compile(graph, { batch: samples });
        const outputs = new Map(program.outputs.map((port) => [port.name, new Float32Array(port.elements)]));
        const inputs = new Map(
          program.inputs.map((port) => [port.name, feeds[port.name]!.data as ElementArray]),
        );
        await program.bind({ inputs, outputs }).run();
        for (const [output, values] of outputs) {
          const wanted = Array.from(expected.get(output)!.data, Number);
          const scale = Math.max(smallestScale, ...wanted.map(Math.abs));
          const furthest = Math.max(...wanted.map((value, index) => Math.abs(value - values[index]!)));
          expect(furthest / scale, output).toBeLessThan(tolerance);
        }
        await program.release();
      }
    },
  );
});
