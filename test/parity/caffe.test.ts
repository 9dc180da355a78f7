import { readdirSync, readFileSync } from 'node:fs';
import { evaluate } from '@descent/autodiff';
import { ModelSpec, validate } from '@descent/contracts';
import { createEngine, type ElementArray, type Engine } from '@descent/engines';
import { compileModel, evaluationGraph, inferenceGraph, trainingGraph } from '@descent/models';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { check, feedsOf } from '../../packages/models/src/gradient.fixture.ts';

const samples = 3;
const folder = new URL('../../examples/caffe/', import.meta.url);
const names = readdirSync(folder).map((file) => file.replace(/\.json$/, ''));
const page = readFileSync(new URL('../../docs/caffe.md', import.meta.url), 'utf8');

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine({ engine: 'onnx', device: 'cpu' });
});
afterAll(() => engine.dispose());

test('docs/caffe.md names every example, and every example that it names exists', () => {
  const linked = [...page.matchAll(/\]\(\.\.\/examples\/caffe\/(\w+)\.json\)/g)].map(([, name]) => name);
  expect([...new Set(linked)].sort()).toEqual([...names].sort());
});

test.each(names)(
  '%s compiles, runs on the engine as in the reference, and has a right gradient',
  async (name) => {
    const { model } = JSON.parse(readFileSync(new URL(`${name}.json`, folder), 'utf8')) as { model: unknown };
    const spec = validate(ModelSpec, model, ['model']);
    const compiled = compileModel(spec);
    const feeds = feedsOf(compiled);
    for (const graph of [trainingGraph(compiled), evaluationGraph(compiled), inferenceGraph(compiled)]) {
      const expected = evaluate(graph, feeds, { batch: samples }).outputs;
      const program = await engine.compile(graph, { batch: samples });
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
    expect(check(spec)).toMatchObject({ passed: true });
  },
);
