import { expect, test } from 'vitest';
import { columnsText, defaultColumns, nextSort, readJobsView, searchOf } from './view.ts';

const view = (address: string) => readJobsView(new URLSearchParams(address));

test('an address says how the list is looked at, and a bare one shows everything', () => {
  expect(view('')).toEqual({
    state: null,
    words: '',
    starred: false,
    archived: false,
    sort: '',
    columns: defaultColumns,
  });
  expect(view('state=running&q=a+%3E+1&starred=1&sort=-step&columns=state,optimizer.learningRate')).toEqual({
    state: 'running',
    words: 'a > 1',
    starred: true,
    archived: false,
    sort: '-step',
    columns: ['state', 'optimizer.learningRate'],
  });
});

test('filters hold for all that was searched for, also for either side of an "or"', () => {
  expect(searchOf(view('q=a or b'))).toEqual({ query: 'a or b', offset: 0 });
  expect(searchOf(view('q=a or b&starred=1&archived=1'))).toEqual({
    query: '(a or b) and starred = true and archived = true',
    offset: 1,
  });
  expect(searchOf(view('starred=1')).query).toBe('starred = true');
  expect(searchOf(view('')).query).toBe('');
});

test('the place of a mistake is found again in what was written', () => {
  const { query, offset } = searchOf(view('q=  accuracy >&starred=1'));
  expect(query).toBe('(accuracy >) and starred = true');
  expect(query.indexOf('>') - offset).toBe('  accuracy >'.indexOf('>'));
});

test('a column sorts largest first, smallest first, not at all', () => {
  expect(nextSort('', 'step')).toBe('-step');
  expect(nextSort('-step', 'step')).toBe('step');
  expect(nextSort('step', 'step')).toBe('');
  expect(nextSort('-step', 'name')).toBe('-name');
});

test('the columns that one starts with need no words in the address', () => {
  expect(columnsText(defaultColumns)).toBe('');
  expect(columnsText(['state'])).toBe('state');
});
