import { expect, test } from 'vitest';
import { parseBody } from './json-body.ts';

test.each(['__proto__', 'constructor', 'prototype'])('the key %s is refused at any depth', (key) => {
  expect(() => parseBody(`{"a":[{"${key}":{}}]}`)).toThrow(`the key "${key}" is not allowed`);
  expect(parseBody(`{"a":"${key}"}`)).toEqual({ a: key });
});

test('nesting ends at 64 levels, and a million brackets are refused without a crash', () => {
  const nested = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`;
  expect(parseBody(nested(64))).toHaveLength(1);
  expect(() => parseBody(nested(66))).toThrow('more than 64 levels');
  expect(() => parseBody(nested(1_000_000))).toThrow('more than 64 levels');
});

test('a body has at most 200,000 keys', () => {
  const keys = (count: number) => `{${Array.from({ length: count }, (_, index) => `"${index}":0`).join()}}`;
  expect(Object.keys(parseBody(keys(200_000)) as object)).toHaveLength(200_000);
  expect(() => parseBody(keys(200_001))).toThrow('more than 200000 keys');
});
