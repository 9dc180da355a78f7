import { expect, test } from 'vitest';
import { readFragmentToken } from './fragment-token.ts';

test.each([
  ['#token=dsc_abc', { token: 'dsc_abc', rest: '' }],
  ['#token=dsc_a%2Bb', { token: 'dsc_a+b', rest: '' }],
  ['#curves&token=dsc_abc', { token: 'dsc_abc', rest: '#curves' }],
  ['#token=dsc_%E0', { token: 'dsc_%E0', rest: '' }],
  ['#token=', null],
  ['#tokens=x', null],
  ['', null],
])('%s', (hash, expected) => expect(readFragmentToken(hash)).toEqual(expected));
