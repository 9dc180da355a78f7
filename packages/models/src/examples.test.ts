import { readdirSync, readFileSync } from 'node:fs';
import { JobCreate, validate } from '@descent/contracts';
import { expect, it } from 'vitest';
import { compileModel } from './compile-model.ts';
import { evaluationGraph, inferenceGraph, trainingGraph } from './graphs.ts';
import { price } from './price.ts';

const folder = new URL('../../../examples/', import.meta.url);
/** What runs on built-in data, and what a data set of one's own is put into. */
const examples = ['', 'templates/'].flatMap((part) =>
  readdirSync(new URL(part, folder))
    .filter((file) => file.endsWith('.json'))
    .map((file) => `${part}${file}`),
);

it('there are the two examples that the demo offers', () => {
  expect(examples).toEqual(expect.arrayContaining(['mnist-cnn.json', 'mnist-mlp.json']));
});

it.each(examples)('%s is a valid job whose model compiles', (file) => {
  const job = validate(JobCreate, JSON.parse(readFileSync(new URL(file, folder), 'utf8')));
  const model = compileModel(job.model);
  for (const graph of [trainingGraph(model), evaluationGraph(model), inferenceGraph(model)]) {
    expect(graph.nodes.length).toBeGreaterThan(0);
  }
  const { epochs, batchSize } = job.training;
  const question = { batchSize, microBatches: 4, datasetCount: 60_000, epochs, optimizerSlots: 2 };
  expect(price(model, question).steps).toBe(Math.ceil(60_000 / batchSize) * epochs);
});
