import type { Dataset, Job } from '@descent/client';
import { expect, test } from 'vitest';
import penguins from '../../../../examples/penguins.json' with { type: 'json' };
import spamWords from '../../../../examples/spam-words.json' with { type: 'json' };
import { exampleOf, textInputOf } from './model-inputs.ts';

const dataset = {
  manifest: {
    columns: [
      { name: 'text', kind: 'text' },
      { name: 'label', kind: 'category' },
    ],
  },
} as unknown as Dataset;
const job = (inputs: object, data: object = {}) =>
  ({ request: { model: { inputs }, data } }) as unknown as Job;

test('text is asked for where the one input is made of one column of text, whatever the input is called', () => {
  expect(textInputOf({ request: spamWords } as unknown as Job, dataset)).toBe('words');
  expect(textInputOf(job({ text: { shape: [64] } }), dataset)).toBe('text');
  expect(textInputOf(job({ label: { shape: [] } }), dataset)).toBeUndefined();
  expect(textInputOf(job({ text: {}, other: {} }), dataset)).toBeUndefined();
  const both = { inputs: { x: { columns: ['text', { name: 'label' }] } } };
  expect(textInputOf(job({ x: { shape: [64] } }, both), dataset)).toBeUndefined();
});

test('the example of a row has a value for each column of an input, the first class where there are classes', () => {
  const columns = [{ name: 'island', classes: ['Biscoe', 'Dream'] }, { name: 'beakLength' }];
  const birds = { manifest: { columns } } as unknown as Dataset;
  expect(exampleOf({ request: penguins } as unknown as Job, birds)).toEqual({
    bird: [[0, 0, 0, 0, 'Biscoe', 0]],
  });
  expect(exampleOf(job({ x: { shape: [2, 1] } }), undefined)).toEqual({ x: [[[0], [0]]] });
});
