import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Dataset } from '@descent/contracts';
import { encodeNpz, type Tensor, tensor } from '@descent/tensors';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type ApiFixture, openApi } from '../testing/api-fixture.ts';
import { createDataset, irisLike, uploadCsv } from '../testing/upload.ts';
import { fileNameOf } from './upload-dataset.ts';

let api: ApiFixture;
beforeEach(async () => {
  api = await openApi();
});
afterEach(() => api.close());

const put = (id: string, payload: string | Buffer, query = '', headers = {}) =>
  api.user({ method: 'PUT', url: `/v1/datasets/${id}/content${query}`, payload, headers });
const get = async (id: string) => (await api.user({ url: `/v1/datasets/${id}` })).json<Dataset>();

/** Files of uploads and artifacts that lie in the data folder. */
async function filesLeft(): Promise<string[]> {
  const entries = await Promise.all(
    ['uploads', 'artifacts'].map((folder) =>
      readdir(path.join(api.dataDir, folder), { recursive: true, withFileTypes: true }),
    ),
  );
  return entries
    .flat()
    .filter((entry) => entry.isFile())
    .map(({ name }) => name);
}

test('a CSV upload becomes columns with statistics', async () => {
  const id = await createDataset(api, 'weather');
  expect(await get(id)).toMatchObject({ name: 'weather', state: 'empty', manifest: null });
  const answer = await put(id, 'wind,kind\n1,sun\n3,rain\n5,sun\n', '', {
    'content-type': 'text/csv',
    'content-disposition': 'attachment; filename="weather.csv"',
  });
  expect(answer.statusCode).toBe(200);
  expect(answer.json()).toMatchObject({
    id,
    state: 'ready',
    manifest: {
      columns: [
        { name: 'wind', statistics: { minimum: 1, maximum: 5, mean: 3 } },
        { name: 'kind', classes: ['rain', 'sun'] },
      ],
      splits: [{ name: 'train', count: 3 }],
    },
  });
});

test('NPZ and gzip uploads of any content type are recognised by their bytes', async () => {
  const arrays = new Map<string, Tensor>([
    ['image', tensor('uint8', [2, 2, 2], Uint8Array.of(0, 1, 2, 3, 4, 5, 6, 7))],
    ['label', tensor('int32', [2], Int32Array.of(0, 1))],
  ]);
  const one = await createDataset(api);
  const npz = Buffer.from(await encodeNpz(arrays));
  expect((await put(one, npz, '', { 'content-type': 'application/x-whatever' })).json()).toMatchObject({
    state: 'ready',
    manifest: {
      columns: [
        { name: 'image', dtype: 'uint8', shape: [2, 2] },
        { name: 'label', dtype: 'int32' },
      ],
    },
  });
  const two = await createDataset(api);
  expect((await put(two, gzipSync(irisLike(9)), '?filename=iris.csv.gz')).json()).toMatchObject({
    state: 'ready',
    manifest: { splits: [{ count: 9 }] },
  });
});

test('a bad cell names its row and column, leaves no file, and the data set can be filled again', async () => {
  const id = await createDataset(api);
  const lines = irisLike(2000).split('\n');
  lines[1500] = 'oops,1,2';
  const answer = await put(id, lines.join('\n'), '?format=csv');
  expect(answer.json()).toMatchObject({ statusCode: 422, code: 'CELL_INVALID', details: { column: 'a' } });
  expect(answer.json().message).toMatch(/150[01]/);
  expect(await get(id)).toMatchObject({ state: 'failed', error: { code: 'CELL_INVALID' } });
  expect(await filesLeft()).toEqual([]);
  expect((await put(id, irisLike(4), '?format=csv')).json()).toMatchObject({ state: 'ready', error: null });
});

test('an upload above the limit is refused and leaves nothing', async () => {
  await api.close();
  api = await openApi({ limits: { uploadBytes: 1000 } });
  const id = await createDataset(api);
  const answer = await put(id, 'x'.repeat(1001), '?format=csv');
  expect(answer.json()).toMatchObject({
    statusCode: 413,
    code: 'REQUEST_TOO_LARGE',
    details: { limitBytes: 1000 },
  });
  expect(await filesLeft()).toEqual([]);
});

test('a data set is filled once; of two uploads at once one wins', async () => {
  const id = await createDataset(api);
  const answers = await Promise.all([
    put(id, irisLike(5), '?format=csv'),
    put(id, irisLike(6), '?format=csv'),
  ]);
  expect(answers.map(({ statusCode }) => statusCode).sort()).toEqual([200, 409]);
  const late = await put(id, irisLike(7), '?format=csv');
  expect(late.json()).toMatchObject({ code: 'DATASET_STATE_CONFLICT', details: { state: 'ready' } });
});

test('deleting takes the files along, except what another data set holds', async () => {
  const one = await uploadCsv(api, irisLike(30));
  const two = await uploadCsv(api, irisLike(30));
  const shards = (await filesLeft()).length;
  expect(shards).toBeGreaterThan(0);
  expect((await api.user({ method: 'DELETE', url: `/v1/datasets/${one}` })).statusCode).toBe(204);
  expect((await filesLeft()).length).toBe(shards);
  await api.user({ method: 'DELETE', url: `/v1/datasets/${two}` });
  expect(await filesLeft()).toEqual([]);
  expect((await api.user({ url: `/v1/datasets/${two}` })).json()).toMatchObject({
    code: 'DATASET_NOT_FOUND',
  });
});

test('a data set that a job uses cannot be deleted, nor can a built-in one', async () => {
  const id = await uploadCsv(api, irisLike(30));
  const job = await api.user({
    method: 'POST',
    url: '/v1/jobs',
    payload: {
      model: {
        inputs: { a: { shape: [1] } },
        layers: [{ type: 'dense', units: 3 }],
        loss: { type: 'softmaxCrossEntropy', labels: 'label' },
      },
      data: { dataset: id },
      training: { epochs: 1, batchSize: 4, optimizer: { type: 'sgd', learningRate: 0.1 } },
    },
  });
  expect(job.statusCode).toBe(201);
  const refused = await api.user({ method: 'DELETE', url: `/v1/datasets/${id}` });
  expect(refused.json()).toMatchObject({
    statusCode: 409,
    code: 'DATASET_IN_USE',
    details: { job: job.json().id },
  });
  const builtin = await api.user({ method: 'DELETE', url: '/v1/datasets/builtin:mnist' });
  expect(builtin.json()).toMatchObject({ code: 'DATASET_STATE_CONFLICT', details: { state: 'built in' } });
});

test('built-in data sets are listed before their first use, those of the team after them', async () => {
  const id = await createDataset(api);
  const { datasets } = (await api.user({ url: '/v1/datasets' })).json<{ datasets: Dataset[] }>();
  const listed = datasets.map((dataset) => [dataset.id, dataset.state]);
  expect(listed[0]).toEqual(['builtin:mnist', 'empty']);
  expect(listed.at(-1)).toEqual([id, 'empty']);
  expect(
    listed.slice(0, -1).every(([name, state]) => name?.startsWith('builtin:') && state === 'empty'),
  ).toBe(true);
});

test('an upload that a crash cut off leaves an empty data set and no file', async () => {
  const id = await createDataset(api);
  const { db, artifacts } = api.app.context;
  await db.updateTable('datasets').set({ state: 'ingesting' }).where('id', '=', id).execute();
  await artifacts.put([Buffer.from('a shard that nobody holds')]);
  api = await api.reopen();
  expect(await get(id)).toMatchObject({ state: 'empty' });
  expect(await filesLeft()).toEqual([]);
});

test.each([
  ['attachment; filename="a b.csv"', 'a b.csv'],
  ['attachment; filename=plain.npz', 'plain.npz'],
  ["attachment; filename=x; filename*=UTF-8''na%C3%AFve.csv", 'naïve.csv'],
  ["attachment; filename*=UTF-8''%zz", null],
  ['inline', null],
])('the file name of %s is %s', (header, name) => {
  expect(fileNameOf(header)).toBe(name);
});
