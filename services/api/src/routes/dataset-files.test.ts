import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Dataset, DatasetFile, DatasetReport } from '@descent/contracts';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { type ApiFixture, openApi } from '../testing/api-fixture.ts';
import { createDataset } from '../testing/upload.ts';

let api: ApiFixture;
/** Of tests before. */
let shards: string[];
beforeAll(async () => {
  api = await openApi();
});
beforeEach(async () => {
  shards = await filesLeft(['artifacts']);
});
afterEach(async () => {
  await expect.poll(() => filesLeft(['uploads', 'parts'])).toEqual([]);
});
afterAll(() => api.close());

const text = 'x,label\n1,0\n2,1\n3,0\n';

async function announce(id: string, name = 'train.csv', bytes = text.length): Promise<DatasetFile> {
  const answer = await api.user({
    method: 'POST',
    url: `/v1/datasets/${id}/files`,
    payload: { name, bytes },
  });
  expect(answer.statusCode, answer.body).toBe(201);
  return answer.json();
}

const send = (id: string, file: string, offset: number, payload: string) =>
  api.user({
    method: 'PATCH',
    url: `/v1/datasets/${id}/files/${file}`,
    payload,
    headers: { 'upload-offset': String(offset), 'content-type': 'application/offset+octet-stream' },
  });

const ingest = (id: string, payload: object = {}) =>
  api.user({ method: 'POST', url: `/v1/datasets/${id}/ingest`, payload });

const get = async (id: string) => (await api.user({ url: `/v1/datasets/${id}` })).json<Dataset>();

async function finished(id: string): Promise<Dataset> {
  for (;;) {
    const dataset = await get(id);
    if (dataset.state !== 'ingesting') return dataset;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** Files that lie in the data folder, other than the database. */
async function filesLeft(folders = ['uploads', 'parts', 'artifacts']): Promise<string[]> {
  const entries = await Promise.all(
    folders.map((folder) =>
      readdir(path.join(api.dataDir, folder), { recursive: true, withFileTypes: true }),
    ),
  );
  return entries
    .flat()
    .filter((entry) => entry.isFile())
    .map(({ name }) => name);
}

test('a file comes in pieces, over a restart, and is read when it is whole', async () => {
  const id = await createDataset(api);
  const { id: file, offset } = await announce(id);
  expect(offset).toBe(0);
  expect((await send(id, file, 0, text.slice(0, 7))).headers['upload-offset']).toBe('7');
  expect((await ingest(id)).json()).toMatchObject({
    code: 'UPLOAD_INCOMPLETE',
    message: `File "train.csv" has 7 of ${text.length} bytes`,
  });

  api = await api.reopen();
  const head = await api.user({ method: 'HEAD', url: `/v1/datasets/${id}/files/${file}` });
  expect(head.headers).toMatchObject({ 'upload-offset': '7', 'upload-length': String(text.length) });
  expect((await send(id, file, 3, 'x')).json()).toMatchObject({
    code: 'UPLOAD_OFFSET_CONFLICT',
    details: { offset: 7 },
  });
  expect((await send(id, file, 7, `${text.slice(7)}too much`)).statusCode).toBe(409);
  const { offset: kept } = (await api.user({ url: `/v1/datasets/${id}/files` })).json<{
    files: DatasetFile[];
  }>().files[0]!;
  await send(id, file, kept, text.slice(kept));

  expect((await ingest(id)).statusCode).toBe(202);
  expect(await finished(id)).toMatchObject({
    state: 'ready',
    version: 1,
    manifest: { splits: [{ name: 'train', count: 3 }] },
  });
  const report = await api.user({ url: `/v1/datasets/${id}/report` });
  expect(report.json<DatasetReport>()).toMatchObject({ splits: [{ name: 'train', count: 3 }], findings: [] });
});

test('several files become splits by their names, with one set of options', async () => {
  const id = await createDataset(api);
  for (const [name, content] of [
    ['data/train.csv', 'x;k\n1;a\n2;b\n'],
    ['data/test.csv', 'x;k\n9;b\n'],
  ] as const) {
    const { id: file } = await announce(id, name, content.length);
    await send(id, file, 0, content);
  }
  await ingest(id, { options: { types: { x: 'category' } } });
  const { manifest } = await finished(id);
  expect(manifest?.splits.map(({ name, count }) => [name, count])).toEqual([
    ['train', 2],
    ['test', 1],
  ]);
  expect(manifest?.columns[0]).toMatchObject({ name: 'x', classes: ['1', '2', '9'] });
});

test('what is wrong with the files stands on the data set, and nothing of them is left', async () => {
  const id = await createDataset(api);
  const { id: file } = await announce(id, 'bad.csv', 10);
  await send(id, file, 0, 'a,b\n1,2,3\n');
  await ingest(id);
  expect(await finished(id)).toMatchObject({ state: 'failed', error: { code: 'CSV_ROW_INVALID' } });
  await expect.poll(() => filesLeft(['uploads', 'parts'])).toEqual([]);
  expect(await filesLeft(['artifacts'])).toEqual(shards);
  expect((await ingest(id)).json()).toMatchObject({ code: 'DATA_EMPTY' });
});

test('an abandoned file goes at once, a forgotten one after a day, one of a deleted data set with it', async () => {
  const id = await createDataset(api);
  const first = await announce(id);
  await send(id, first.id, 0, 'x');
  expect(await filesLeft(['parts'])).toEqual([first.id]);
  expect((await api.user({ method: 'DELETE', url: `/v1/datasets/${id}/files/${first.id}` })).statusCode).toBe(
    204,
  );
  expect(await filesLeft(['parts'])).toEqual([]);
  expect((await send(id, first.id, 0, 'x')).json()).toMatchObject({ code: 'UPLOAD_NOT_FOUND' });

  const second = await announce(id);
  await send(id, second.id, 0, 'x');
  api.time.now += 25 * 3600 * 1000;
  const third = await announce(id);
  expect(await filesLeft(['parts'])).toEqual([]);

  await send(id, third.id, 0, 'x');
  expect((await api.user({ method: 'DELETE', url: `/v1/datasets/${id}` })).statusCode).toBe(204);
});

test('a form brings several files, whose fields name splits', async () => {
  const id = await createDataset(api);
  const boundary = 'x-x-x';
  const part = (name: string, content: string, filename?: string) =>
    `--${boundary}\r\nContent-Disposition: form-data; name="${name}"${filename === undefined ? '' : `; filename="${filename}"`}\r\n\r\n${content}\r\n`;
  const payload = `${part('options', '{"types":{"x":"integer"}}')}${part('train', 'x\n1\n2\n', 'a.csv')}${part('test', 'x\n3\n', 'b.csv')}--${boundary}--\r\n`;
  const post = (body: string) =>
    api.user({
      method: 'POST',
      url: `/v1/datasets/${id}/content`,
      payload: body,
      headers: { 'content-type': `multipart/form-data; boundary=${boundary}` },
    });
  expect((await post(payload.slice(0, 200))).statusCode).toBeGreaterThanOrEqual(400);
  expect(await filesLeft(['uploads', 'parts'])).toEqual([]);
  const answer = await post(payload);
  expect(answer.statusCode, answer.body).toBe(200);
  expect(answer.json<Dataset>().manifest?.splits.map(({ name, count }) => [name, count])).toEqual([
    ['train', 2],
    ['test', 1],
  ]);
});

test('fetching from an address is off unless staff allow hosts', async () => {
  const id = await createDataset(api);
  const answer = await api.user({
    method: 'POST',
    url: `/v1/datasets/${id}/fetch`,
    payload: { url: 'https://example.org/data.csv' },
  });
  expect(answer.json()).toMatchObject({
    code: 'URL_REFUSED',
    message: 'https://example.org/data.csv is not fetched: this server fetches nothing',
  });
});

test('a file that takes too long is given up in the middle, nothing of it is left, and the next one is read', async () => {
  const put = async (name: string, payload: string | Buffer) => {
    const id = await createDataset(api, 'slow');
    return api.user({ method: 'PUT', url: `/v1/datasets/${id}/content?filename=${name}`, payload });
  };
  // The thread is there by now: what ends is reading.
  expect((await put('a.csv', text)).json()).toMatchObject({ state: 'ready' });
  const before = await filesLeft(['artifacts', 'uploads', 'parts']);
  const limits = api.app.context.limits as { readingMs: number };
  const { readingMs } = limits;
  limits.readingMs = 50;
  // 60 MB in 60 kB; a second of reading.
  const slow = gzipSync(`word\n${'word\n'.repeat(12_000_000)}`);
  const refused = await put('a.csv.gz', slow);
  limits.readingMs = readingMs;
  expect(refused.statusCode).toBe(422);
  expect(refused.json()).toMatchObject({ code: 'DATA_TOO_SLOW' });
  expect(await filesLeft(['artifacts', 'uploads', 'parts'])).toEqual(before);
  expect((await put('b.csv', 'x\n1\n2\n')).json()).toMatchObject({ state: 'ready' });
});

test('data sets of one name are versions; what the server may store is a limit', async () => {
  await api.close();
  api = await openApi({ limits: { datasetBytes: 600 } });
  const put = async (payload: string) => {
    const id = await createDataset(api, 'wine');
    const answer = await api.user({
      method: 'PUT',
      url: `/v1/datasets/${id}/content?filename=a.csv`,
      payload,
    });
    return { id, answer };
  };
  const first = await put(text);
  expect(first.answer.json()).toMatchObject({ version: 1, bytes: expect.any(Number) });
  const { bytes } = first.answer.json<Dataset>();
  // The same content is stored once.
  expect((await put(text)).answer.json()).toMatchObject({ version: 2, bytes });
  const large = await put(`x\n${Array.from({ length: 200 }, (_, i) => i).join('\n')}\n`);
  expect(large.answer.json()).toMatchObject({ code: 'DATASET_QUOTA_EXCEEDED' });
  expect(large.answer.statusCode).toBe(413);
  expect(await filesLeft(['artifacts'])).toHaveLength(1);
  const refused = await api.user({
    method: 'POST',
    url: `/v1/datasets/${large.id}/files`,
    payload: { name: 'a.csv', bytes: 5000 },
  });
  expect(refused.json()).toMatchObject({ code: 'DATASET_QUOTA_EXCEEDED' });
  for (const { id } of (await api.user({ url: '/v1/datasets' })).json<{ datasets: Dataset[] }>().datasets)
    if (id.startsWith('ds_')) await api.user({ method: 'DELETE', url: `/v1/datasets/${id}` });
  expect(await filesLeft(['artifacts'])).toEqual([]);
});
