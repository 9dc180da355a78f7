import { expect, test } from 'vitest';
import { stateOf } from './state-of.ts';

test('a built-in data set that was not read yet says what it needs', () => {
  const origin = { source: 's', licence: 'l', hash: 'h' };
  expect(stateOf({ state: 'ready', origin: { ...origin, install: null } })).toBe('ready');
  expect(stateOf({ state: 'empty', origin: { ...origin, install: null } })).toBe('built in');
  expect(stateOf({ state: 'empty', origin: { ...origin, install: 'apt-get install x' } })).toBe(
    'needs: apt-get install x',
  );
  expect(stateOf({ state: 'failed' })).toBe('failed');
});
