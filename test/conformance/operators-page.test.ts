import { readFileSync } from 'node:fs';
import { engineNames } from '@descent/engines';
import { describe, expect, test } from 'vitest';
import { casesInstalled, readCases } from './cases.ts';
import { claims } from './claims.ts';
import { renderOperators } from './operators-page.ts';

const why = casesInstalled ? '' : ' (skipped: apt-get install libonnx-testdata)';

describe.skipIf(!casesInstalled)(`docs/operators.md${why}`, () => {
  const all = claims(readCases());

  test('claims no operator that no case runs', () => {
    expect(all.filter(({ conformance, own }) => conformance.run + own === 0)).toEqual([]);
  });

  test('claims no gradient that no case checks', () => {
    expect(all.filter(({ gradient, importOnly }) => gradient === 'none' && !importOnly)).toEqual([]);
  });

  test('is what the tests say: node --import tsx --conditions descent-source scripts/operators-doc.mjs', () => {
    const page = readFileSync(new URL('../../docs/operators.md', import.meta.url), 'utf8');
    expect(page).toBe(renderOperators(all, engineNames));
  });
});
