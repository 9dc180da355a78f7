import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { graphHash } from '@descent/autodiff';
import { JobCreate, validate } from '@descent/contracts';
import { expect, it } from 'vitest';
import { compileModel } from './compile-model.ts';
import { trainingGraph } from './graphs.ts';
import { initializeParameters } from './initialize-parameters.ts';

/** A receipt names the graph and proves the weights; a job that ran once must have the same ones when it runs again. */
it.each([
  [
    'mnist-mlp',
    'dcd610b57e952f2007ffc5fb88cf6b5c9f353e359dcbdca49e57a47ec21fa59d',
    'fd907efd5b026924fe7e2f0c15c6cf9fe98796b88ce7419275ce9e4bb1181c93',
  ],
  [
    'mnist-cnn',
    '245e683623a2533e5fd2cff554d64f693dc17a2ca2241bdb1b5271d59c188e0a',
    '4b223e8e36cc8e162e3fa90fd170e650d9aa121aaa5eee0cfbae325f12033063',
  ],
])('the graph and the first weights of %s stay what they are', (example, graph, weights) => {
  const file = new URL(`../../../examples/${example}.json`, import.meta.url);
  const model = compileModel(validate(JobCreate, JSON.parse(readFileSync(file, 'utf8'))).model);
  const flat = initializeParameters(model.layout, 1);
  expect(graphHash(trainingGraph(model))).toBe(graph);
  expect(createHash('sha256').update(new Uint8Array(flat.buffer)).digest('hex')).toBe(weights);
});
