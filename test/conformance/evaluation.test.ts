import { describe, expect, test } from 'vitest';
import { type ConformanceCase, casesInstalled, claimed, readCases, readData } from './cases.ts';
import { exceptions } from './exceptions.ts';
import { difference, evaluateCase, lowerCase } from './run-case.ts';

const why = casesInstalled ? '' : ' (skipped: apt-get install libonnx-testdata)';

function run(one: ConformanceCase): readonly string[] {
  return readData(one).flatMap((data) =>
    evaluateCase(lowerCase(one, data)).flatMap(
      (value, index) => difference(value, data.outputs[index]!) ?? [],
    ),
  );
}

describe.skipIf(!casesInstalled)(`ONNX's conformance cases, importer and reference evaluation${why}`, () => {
  const cases = readCases().filter(claimed);

  test.each(cases.filter(({ name }) => !Object.hasOwn(exceptions, name)))('$name', (one) => {
    expect(run(one)).toEqual([]);
  });

  test.each(cases.filter(({ name }) => Object.hasOwn(exceptions, name)))(
    '$name stays an exception',
    (one) => {
      let passed = false;
      try {
        passed = run(one).length === 0;
      } catch {
        // Refused, as expected.
      }
      expect(passed).toBe(false);
    },
  );

  test('every exception is a case of an operator that we have', () => {
    const names = new Set(cases.map(({ name }) => name));
    expect(Object.keys(exceptions).filter((name) => !names.has(name))).toEqual([]);
  });
});
