import { expect, test } from 'vitest';
import { createRecentlyUsed } from './recently-used.ts';

function createTwo() {
  const dropped: string[] = [];
  return { dropped, entries: createRecentlyUsed<string, string>(2, (value) => dropped.push(value)) };
}

test('the entry that was used longest ago makes room', () => {
  const { entries, dropped } = createTwo();
  entries.set('a', 'A');
  entries.set('b', 'B');
  expect(entries.get('a')).toBe('A');
  entries.set('c', 'C');
  expect(dropped).toEqual(['B']);
  expect(['a', 'b', 'c'].map((key) => entries.get(key))).toEqual(['A', undefined, 'C']);
});

test('a replaced value is given back and its place stays one place', () => {
  const { entries, dropped } = createTwo();
  entries.set('a', 'A');
  entries.set('b', 'B');
  entries.set('a', 'A2');
  expect(dropped).toEqual(['A']);
  expect([entries.get('a'), entries.get('b')]).toEqual(['A2', 'B']);
});

test('a deleted value is given back once', () => {
  const { entries, dropped } = createTwo();
  entries.set('a', 'A');
  entries.delete('a');
  entries.delete('a');
  entries.delete('never');
  expect(dropped).toEqual(['A']);
  expect(entries.get('a')).toBeUndefined();
});

test('clearing gives everything back, and the map can be used again', () => {
  const { entries, dropped } = createTwo();
  entries.set('a', 'A');
  entries.set('b', 'B');
  entries.clear();
  expect(dropped).toEqual(['A', 'B']);
  entries.set('c', 'C');
  expect(entries.get('c')).toBe('C');
});
