import type { DatasetPreview } from '@descent/contracts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ApiFixture, openApi } from '../testing/api-fixture.ts';
import { uploadCsv } from '../testing/upload.ts';

let api: ApiFixture;
beforeAll(async () => {
  api = await openApi();
}, 60_000);
afterAll(() => api.close());

test('the samples of an upload can be looked at', async () => {
  const id = await uploadCsv(api, 'a,kind\n1,cat\n2,dog\n3,cat\n');
  const answer = await api.user({ url: `/v1/datasets/${id}/preview?offset=1&count=1` });
  expect(answer.json<DatasetPreview>()).toMatchObject({
    split: 'train',
    count: 3,
    rows: [{ a: 2, kind: 'dog' }],
  });
  const beyond = await api.user({ url: `/v1/datasets/${id}/preview?count=201` });
  expect(beyond.json()).toMatchObject({ statusCode: 422, details: { path: 'count' } });
  expect((await api.user({ url: '/v1/datasets/ds_01JTESTTESTTESTTESTTESTTES/preview' })).statusCode).toBe(
    404,
  );
});

test('a built-in data set is read when somebody looks at it', async () => {
  const answer = await api.user({ url: '/v1/datasets/builtin:shapes/preview?split=test&count=10' });
  const preview = answer.json<DatasetPreview>();
  expect(preview.rows.map(({ label }) => label)).toContain('triangle');
  expect(preview.images).toMatchObject({ column: 'image', width: 32, height: 32, perRow: 10 });
  const listed = await api.user({ url: '/v1/datasets/builtin:shapes' });
  expect(listed.json()).toMatchObject({ state: 'ready', origin: { licence: 'CC0', install: null } });
}, 60_000);
