import { type Job, JobCreate } from '@descent/contracts';
import { Value } from 'typebox/value';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ApiFixture, openApi, storedJobs } from '../testing/api-fixture.ts';
import { irisLike, uploadCsv } from '../testing/upload.ts';

let api: ApiFixture;
let dataset: string;
beforeAll(async () => {
  api = await openApi();
  dataset = await uploadCsv(api, irisLike(60));
}, 60_000);
afterAll(() => api.close());

const good = () => ({
  name: 'three classes',
  model: {
    inputs: { x: { shape: [2] } },
    layers: [
      { type: 'dense', units: 8, activation: 'relu', name: 'hidden' },
      { type: 'dense', units: 3, name: 'logits' },
    ],
    loss: { type: 'softmaxCrossEntropy', labels: 'label' },
    metrics: ['accuracy'],
  },
  data: { dataset, inputs: { x: { columns: ['a', 'b'] } } },
  training: { epochs: 2, batchSize: 10, optimizer: { type: 'sgd', learningRate: 0.1 } },
});
type Body = ReturnType<typeof good>;
type Loose = Record<string, unknown>;

const post = (
  payload: unknown,
  { url = '/v1/jobs', headers = {} }: { url?: string; headers?: object } = {},
) =>
  api.user({
    method: 'POST',
    url,
    payload: typeof payload === 'string' ? payload : JSON.stringify(payload),
    headers: { 'content-type': 'application/json', ...headers },
  });
const jobCount = async () => storedJobs(api);

test('a job is created with its price and layers and waits in the line', async () => {
  const answer = await post(good());
  expect(answer.statusCode).toBe(201);
  const job = answer.json<Job>();
  expect(answer.headers.location).toBe(`/v1/jobs/${job.id}`);
  expect(job).toMatchObject({
    state: 'queued',
    queuePosition: 0,
    name: 'three classes',
    price: { parameters: 2 * 8 + 8 + 8 * 3 + 3, stepsPerEpoch: 6, steps: 12 },
    progress: { step: 0, steps: 12, epochs: 2 },
    receipt: { weightsHash: null },
  });
  expect(job.layers.map(({ name, outputShape, parameters }) => [name, outputShape, parameters])).toEqual([
    ['hidden', ['batch', 8], 24],
    ['logits', ['batch', 3], 27],
  ]);
  expect(Value.Check(JobCreate, job.request)).toBe(true);
  expect((await api.user({ method: 'GET', url: `/v1/jobs/${job.id}` })).json()).toEqual(job);
});

test('a team with as many open jobs as it may have is refused before anything is compiled; dry runs and other teams are not', async () => {
  const strict = await openApi({ limits: { openJobsPerTeam: 2 } });
  try {
    await strict.storedJob();
    const last = await strict.storedJob();
    const submit = (url: string, payload: object = {}) =>
      strict.user({ method: 'POST', url, payload: { ...good(), ...payload } });
    expect((await submit('/v1/jobs', { model: good().model })).json()).toMatchObject({
      statusCode: 429,
      code: 'TOO_MANY_QUEUED',
      details: { limit: 2 },
    });
    expect((await submit('/v1/jobs?dryRun=true')).json().code).not.toBe('TOO_MANY_QUEUED');
    await strict.user({ method: 'POST', url: `/v1/jobs/${last.id}/cancel` });
    expect((await submit('/v1/jobs')).json().code).not.toBe('TOO_MANY_QUEUED');
    expect(await storedJobs(strict)).toBe(2);
  } finally {
    await strict.close();
  }
});

test('a dry run answers like the real thing and creates nothing', async () => {
  const before = await jobCount();
  const answer = await post(good(), { url: '/v1/jobs?dryRun=true' });
  expect(answer.statusCode).toBe(200);
  expect(answer.json()).toMatchObject({
    price: { steps: 12 },
    layers: [{ name: 'hidden' }, { name: 'logits' }],
  });
  expect(await jobCount()).toBe(before);
});

test('a dry run tells where in line the job would stand', async () => {
  // Behind the jobs of the tests before, whatever their ids.
  api.time.now += 1000;
  const { estimate, id } = (await post(good(), { url: '/v1/jobs?dryRun=true' })).json<Job>();
  expect(estimate?.waiting).toMatchObject({ reason: 'starting', whatIf: null });
  expect(Date.parse(estimate?.waiting.estimatedStart ?? '')).toBe(api.time.now);
  const ahead = estimate?.waiting.ahead ?? 0;
  await post(good());
  api.time.now += 1000;
  const later = (await post(good(), { url: '/v1/jobs?dryRun=true' })).json<Job>();
  expect(later.id).not.toBe(id);
  expect(later.estimate?.waiting.ahead).toBe(ahead + 1);
});

describe('Idempotency-Key', () => {
  test('the same body gives the same job, created once', async () => {
    const before = await jobCount();
    const headers = { 'idempotency-key': 'one' };
    const [first, second] = await Promise.all([post(good(), { headers }), post(good(), { headers })]);
    const third = await post(good(), { headers });
    expect([first.statusCode, second.statusCode, third.statusCode].sort()).toEqual([200, 200, 201]);
    expect(new Set([first, second, third].map((answer) => answer.json().id)).size).toBe(1);
    expect(await jobCount()).toBe(before + 1);
  });

  test('another body is refused', async () => {
    const headers = { 'idempotency-key': 'two' };
    await post(good(), { headers });
    const other = await post({ ...good(), name: 'another' }, { headers });
    expect(other.json()).toMatchObject({ statusCode: 409, code: 'IDEMPOTENCY_KEY_REUSED' });
  });
});

interface BadCase {
  readonly name: string;
  readonly change: (body: Body) => unknown;
  readonly code: string;
  readonly details: Loose;
  readonly says?: RegExp;
}

const layers = (body: Body, ...given: Loose[]) => ({ ...body, model: { ...body.model, layers: given } });

const badCases: BadCase[] = [
  {
    name: 'an unknown layer',
    change: (body) => layers(body, { type: 'dence', units: 3, name: 'first' }),
    code: 'SPEC_UNKNOWN_LAYER',
    details: { path: 'model.layers[0].type', layer: 'first', didYouMean: 'dense' },
  },
  {
    name: 'missing units',
    change: (body) => layers(body, { type: 'dense', name: 'logits' }),
    code: 'REQUEST_INVALID',
    details: { path: 'model.layers[0].units' },
    says: /is missing/,
  },
  {
    name: 'shapes that disagree between layers',
    change: (body) =>
      layers(
        body,
        { type: 'dense', units: 4, name: 'left', inputs: ['x'] },
        { type: 'dense', units: 5, name: 'right', inputs: ['x'] },
        { type: 'add', name: 'sum', inputs: ['left', 'right'] },
        { type: 'dense', units: 3 },
      ),
    code: 'SPEC_SHAPE_MISMATCH',
    details: { layer: 'sum' },
    says: /\[4\].*\[5\]/,
  },
  {
    name: 'a convolution on a vector',
    change: (body) => layers(body, { type: 'conv2d', filters: 4, kernelSize: 3, name: 'conv' }),
    code: 'SPEC_SHAPE_MISMATCH',
    details: { layer: 'conv' },
    says: /\[2\]/,
  },
  {
    name: 'an audit without a third worker to decide',
    change: (body) => ({ ...body, audit: 0.05, maxWorkers: 2 }),
    code: 'REQUEST_INVALID',
    details: { path: 'maxWorkers' },
    says: /at least 3 with audit/,
  },
  {
    name: 'an audit of gradients that cannot be computed again',
    change: (body) => ({
      ...body,
      audit: 0.05,
      training: { ...body.training, synchronization: { mode: 'async', maxStaleness: 1 } },
    }),
    code: 'REQUEST_INVALID',
    details: { path: 'audit' },
    says: /the parameters have moved on/,
  },
  {
    name: 'labels out of range',
    change: (body) => layers(body, { type: 'dense', units: 2, name: 'logits' }),
    code: 'LABELS_OUT_OF_RANGE',
    details: { maximum: 2, classes: 2 },
  },
  {
    name: 'a label column that is missing',
    change: (body) => ({
      ...body,
      model: { ...body.model, loss: { type: 'softmaxCrossEntropy', labels: 'labl' } },
    }),
    code: 'COLUMN_UNKNOWN',
    details: { column: 'labl', didYouMean: 'label' },
  },
  {
    name: 'an input whose columns have another shape',
    change: (body) => ({ ...body, data: { dataset, inputs: { x: { columns: ['a'] } } } }),
    code: 'COLUMN_SHAPE_MISMATCH',
    details: { input: 'x' },
    says: /\[2\]/,
  },
  {
    name: 'an unknown data set',
    change: (body) => ({ ...body, data: { dataset: 'builtin:mnits' } }),
    code: 'REQUEST_INVALID',
    details: { path: 'data.dataset', didYouMean: 'builtin:mnist' },
  },
  {
    name: 'a negative learning rate',
    change: (body) => ({
      ...body,
      training: { ...body.training, optimizer: { type: 'sgd', learningRate: -0.1 } },
    }),
    code: 'REQUEST_INVALID',
    details: { path: 'training.optimizer.learningRate' },
    says: /greater than 0, got -0\.1/,
  },
  {
    name: 'a batch size of zero',
    change: (body) => ({ ...body, training: { ...body.training, batchSize: 0 } }),
    code: 'REQUEST_INVALID',
    details: { path: 'training.batchSize' },
    says: /at least 1, got 0/,
  },
  {
    name: 'more micro-batches than samples in a step',
    change: (body) => ({ ...body, training: { ...body.training, microBatches: 11 } }),
    code: 'REQUEST_INVALID',
    details: { path: 'training.microBatches' },
  },
  {
    name: 'a model of 10^9 parameters',
    change: (body) =>
      layers(body, { type: 'dense', units: 30_000 }, { type: 'dense', units: 33_334, name: 'huge' }),
    code: 'SPEC_TOO_LARGE',
    details: {},
    says: /parameters/,
  },
  {
    name: 'an unknown field',
    change: (body) => layers(body, { type: 'dense', units: 3, activaton: 'relu' }),
    code: 'REQUEST_INVALID',
    details: { path: 'model.layers[0].activaton', didYouMean: 'activation' },
  },
  {
    name: 'an unknown field at the top',
    change: (body) => ({ ...body, trainning: {} }),
    code: 'REQUEST_INVALID',
    details: { path: 'trainning', didYouMean: 'training' },
  },
  {
    name: 'a body that is no object',
    change: () => [],
    code: 'REQUEST_INVALID',
    details: {},
  },
];

describe('bad input answers 422 and creates nothing', () => {
  test.each(badCases)('$name', async ({ change, code, details, says }) => {
    const before = await jobCount();
    const answer = await post(change(good()));
    expect(answer.json()).toMatchObject({ statusCode: 422, code, error: 'Unprocessable Entity', details });
    expect(answer.statusCode).toBe(422);
    if (says !== undefined) expect(answer.json().message).toMatch(says);
    expect(await jobCount()).toBe(before);
  });

  test.each(['NaN', 'Infinity', '-Infinity', '1e999'])('%s in a spec names its field', async (literal) => {
    const text = JSON.stringify(good()).replace('"learningRate":0.1', `"learningRate":${literal}`);
    const answer = await post(text);
    expect(answer.json()).toMatchObject({
      statusCode: 422,
      code: 'REQUEST_INVALID',
      details: { path: 'training.optimizer.learningRate' },
    });
  });
});

test('text that is no JSON is refused as such', async () => {
  expect((await post('{"model":')).json()).toMatchObject({ statusCode: 400, code: 'REQUEST_MALFORMED' });
  expect((await post('{"__proto__": {"admin": true}}')).json()).toMatchObject({ code: 'REQUEST_MALFORMED' });
});

test('a body of another type or of more than 8 MiB is refused', async () => {
  const xml = await post('<job/>', { headers: { 'content-type': 'application/xml' } });
  expect(xml.json()).toMatchObject({ statusCode: 415, code: 'CONTENT_TYPE_UNSUPPORTED' });
  const large = await post(JSON.stringify({ name: 'x'.repeat(9 * 2 ** 20) }));
  expect(large.json()).toMatchObject({
    statusCode: 413,
    code: 'REQUEST_TOO_LARGE',
    details: { limitBytes: 2 ** 23 },
  });
});

test('a data set is named by id, or by name and version, of which the job keeps the id', async () => {
  const { name } = (await api.user({ url: `/v1/datasets/${dataset}` })).json<{ name: string }>();
  const second = await uploadCsv(api, irisLike(90));
  const naming = (reference: string) => ({ ...good(), data: { ...good().data, dataset: reference } });
  const used = async (reference: string) => (await post(naming(reference))).json<Job>().request?.data.dataset;
  expect(await used(`${name}@1`)).toBe(dataset);
  expect(await used(`${name}@2`)).toBe(second);
  expect(await used(`${name}@latest`)).toBe(second);
  expect((await post(naming(`${name}@7`))).json()).toMatchObject({
    code: 'REQUEST_INVALID',
    message: `data.dataset: data set "${name}" has no version 7; it has 2, 1`,
  });
  expect((await post(naming(`${name}x@1`))).json()).toMatchObject({
    message: `data.dataset: there is no data set of the name "${name}x"; did you mean "${name}"?`,
  });
});
