import { expect, test } from 'vitest';
import { verdictOf } from './ballot.ts';

const votes = (text: string) => [...text].map((digest, index) => ({ worker: `w${index + 1}`, digest }));

test.each([
  ['', { type: 'open' }],
  ['a', { type: 'open' }],
  ['aa', { type: 'agreed', digest: 'a', right: ['w1', 'w2'], wrong: [] }],
  ['ab', { type: 'disputed' }],
  ['aba', { type: 'agreed', digest: 'a', right: ['w1', 'w3'], wrong: ['w2'] }],
  ['abb', { type: 'agreed', digest: 'b', right: ['w2', 'w3'], wrong: ['w1'] }],
  ['abc', { type: 'split' }],
])('votes "%s": %j', (text, verdict) => {
  expect(verdictOf(votes(text))).toEqual(verdict);
});
