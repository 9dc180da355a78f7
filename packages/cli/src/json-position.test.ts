import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { findJsonProblem } from './json-position.ts';

test('what JSON.parse takes is taken, and what it refuses is refused', () => {
  const pieces = [
    '{',
    '}',
    '[',
    ']',
    ':',
    ',',
    '"a"',
    '1',
    '-0.5e3',
    '01',
    '1.',
    'true',
    'nul',
    ' ',
    '\n',
    '"\\u00e9"',
    '"\\x"',
    '"',
  ];
  const text = fc.oneof(
    fc.json(),
    fc.array(fc.constantFrom(...pieces), { maxLength: 8 }).map((parts) => parts.join('')),
    fc.tuple(fc.json(), fc.nat(), fc.string()).map(([json, at, cut]) => {
      const where = at % (json.length + 1);
      return json.slice(0, where) + cut + json.slice(where + cut.length);
    }),
  );
  fc.assert(
    fc.property(text, (text) => {
      let isJson = true;
      try {
        JSON.parse(text);
      } catch {
        isJson = false;
      }
      expect(findJsonProblem(text) === null, text).toBe(isJson);
    }),
    { numRuns: 500 },
  );
});

test.each([
  ['{"a": 1,}', 7, 'a comma with nothing behind it'],
  ['{"a": NaN}', 6, 'NaN is not JSON: numbers are finite'],
  ['{"a": 1 "b": 2}', 8, 'expected "," or "}", found """'],
  ["{'a': 1}", 1, 'expected a string in double quotes, found "\'"'],
  ['[1, 2', 5, 'expected "," or "]", found the end of the file'],
  ['{"a": "x', 6, 'this string has no end'],
  ['[01]', 1, '01 is not a JSON number'],
  ['[.5]', 1, 'expected a value, found "."'],
  ['["a\nb"]', 3, 'a line break or control character in a string; write \\n or \\u00XX'],
  ['{} // done', 3, 'expected the end of the file, found "/"'],
  ['', 0, 'expected a value, found the end of the file'],
])('%j fails at %i: %s', (text, at, problem) => {
  expect(findJsonProblem(text)).toEqual({ at, problem });
});

test('a file that nests without end is refused before it fills the stack', () => {
  expect(findJsonProblem('['.repeat(1_000_000))?.problem).toBe('nested more than 500 deep');
});
