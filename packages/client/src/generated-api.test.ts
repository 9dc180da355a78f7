import { readFile } from 'node:fs/promises';
import openapiTs, { astToString } from 'openapi-typescript';
import { expect, test } from 'vitest';

test('the generated types are those of openapi.json (npm run generate -w @descent/client)', async () => {
  const document = new URL('../../../openapi.json', import.meta.url);
  const current = astToString(await openapiTs(document, { defaultNonNullable: false }));
  const stored = await readFile(new URL('generated/api.ts', import.meta.url), 'utf8');
  expect(stored.slice(stored.indexOf('export '))).toBe(current.slice(current.indexOf('export ')));
});
