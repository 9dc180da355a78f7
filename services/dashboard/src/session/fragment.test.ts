import { expect, test } from 'vitest';
import { readFragment } from './fragment.ts';

test.each([
  ['#token=dsc_abc', { value: 'dsc_abc', rest: '' }],
  ['#token=dsc_a%2Bb', { value: 'dsc_a+b', rest: '' }],
  ['#curves&token=dsc_abc', { value: 'dsc_abc', rest: '#curves' }],
  ['#token=dsc_%E0', { value: 'dsc_%E0', rest: '' }],
  ['#token=', null],
  ['#tokens=x', null],
  ['', null],
])('%s', (hash, expected) => expect(readFragment(hash, 'token')).toEqual(expected));

test('the code of a join link', () => {
  expect(readFragment('#join=dsj_abc', 'join')).toEqual({ value: 'dsj_abc', rest: '' });
  expect(readFragment('#token=dsc_abc', 'join')).toBe(null);
});
