import { expect, test } from 'vitest';
import { csvRows } from './csv-rows.ts';

test('rows have numbers, text, and null where a field is empty', () => {
  expect(csvRows('area;town\n12.5;"Bad; Homburg"\n;Jena\n')).toEqual([
    { area: 12.5, town: 'Bad; Homburg' },
    { area: null, town: 'Jena' },
  ]);
});

test('a file without rows, with too many, or that is none is refused in words', () => {
  expect(() => csvRows('a,b\n')).toThrow('no rows');
  expect(() => csvRows(`a\n${'1\n'.repeat(1001)}`)).toThrow('1001 rows');
  expect(() => csvRows('a,b\n1,2,3\n')).toThrow();
});
