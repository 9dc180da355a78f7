import { expect, test } from 'vitest';
import { parseStateFilter } from './state-filter.ts';

test('an address narrows the list to a known state, and an unknown one shows all', () => {
  expect(parseStateFilter('running')).toBe('running');
  expect(parseStateFilter('done')).toBeNull();
  expect(parseStateFilter('toString')).toBeNull();
  expect(parseStateFilter(null)).toBeNull();
});
