import { readFile } from 'node:fs/promises';
import { beforeAll, expect, test } from 'vitest';
import { openApiDocument } from './openapi-document.ts';

interface Operation {
  readonly operationId?: string;
  readonly tags?: string[];
  readonly summary?: string;
  readonly security?: object[];
  readonly responses: Record<string, { content?: Record<string, { schema: object }> }>;
}
interface Document {
  readonly openapi: string;
  readonly paths: Record<string, Record<string, Operation>>;
  readonly components: { readonly schemas: Record<string, object> };
}

let text: string;
let document: Document;
beforeAll(async () => {
  text = await openApiDocument();
  document = JSON.parse(text);
});

const operations = () =>
  Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ name: `${method} ${path}`, path, operation })),
  );

test('openapi.json in the repository is current (npm run openapi -w @descent/api)', async () => {
  const stored = await readFile(new URL('../../../../openapi.json', import.meta.url), 'utf8');
  expect(JSON.parse(stored)).toEqual(document);
});

test('every operation has an id of its own, a tag and a summary', () => {
  const ids = operations().map(({ operation }) => operation.operationId);
  expect(new Set(ids).size).toBe(ids.length);
  for (const { name, operation } of operations()) {
    expect(operation, name).toMatchObject({
      operationId: expect.stringMatching(/^[a-z][A-Za-z]+$/),
      tags: [expect.any(String)],
      summary: expect.any(String),
    });
  }
});

test('every operation below /v1 but joining and signing in needs a token or a session, and all name its errors by one schema', () => {
  for (const { name, path, operation } of operations()) {
    if (!path.startsWith('/v1')) continue;
    const open = ['post /v1/join', 'post /v1/sessions'].includes(name);
    expect(operation.security, name).toEqual(open ? [] : [{ token: [] }, { session: [] }]);
    for (const [status, answer] of Object.entries(operation.responses)) {
      if (Number(status) < 400) continue;
      expect(answer.content?.['application/json']?.schema, `${name} ${status}`).toEqual({
        $ref: '#/components/schemas/Error',
      });
    }
    expect(Object.keys(operation.responses), name).toContain('401');
  }
});

test('the internal routes are not in the document', () => {
  expect(document.openapi).toBe('3.1.0');
  expect(Object.keys(document.paths).filter((path) => path.includes('internal'))).toEqual([]);
});

test('every reference leads to a schema of the document', () => {
  for (const [, name] of text.matchAll(/"\$ref": "([^"]+)"/g)) {
    expect(Object.keys(document.components.schemas).map((key) => `#/components/schemas/${key}`)).toContain(
      name,
    );
  }
});
