import { expect, test } from 'vitest';
import { readRows } from './read-rows.ts';

test('a CSV table becomes rows: numbers, texts, missing values', () => {
  expect(readRows('\uFEFFa,b,c\n1.5,x,\n-2e3,"y, z",0\n', 'rows.CSV')).toEqual({
    rows: [
      { a: 1.5, b: 'x', c: null },
      { a: -2000, b: 'y, z', c: 0 },
    ],
  });
});

test('JSON is rows, or a request as it is', () => {
  expect(readRows('[{"a":1}]', '-')).toEqual({ rows: [{ a: 1 }] });
  expect(readRows('{"inputs":{"x":[1]}}', 'x.json')).toEqual({ inputs: { x: [1] } });
});

test('what is broken names the place', () => {
  expect(() => readRows('a,b\n1\n', 'x.csv')).toThrow('x.csv: ');
  expect(() => readRows('[1,', 'x.json')).toThrow('x.json:1:4');
});
