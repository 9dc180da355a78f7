import { createHash } from 'node:crypto';
import type { Job, TrainingPlan } from '@descent/contracts';
import { isHeld, readPlan } from '@descent/storage';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type ApiFixture, exampleReport, openApi, storedJobs } from '../testing/api-fixture.ts';
import { irisLike, uploadCsv } from '../testing/upload.ts';

let api: ApiFixture;
let origin: string;
beforeAll(async () => {
  api = await openApi({ limits: { checkpointsKept: 1 } });
}, 60_000);
afterAll(() => api.close());

beforeEach(async () => {
  const dataset = await uploadCsv(api, irisLike(60));
  const answer = await post('/v1/jobs', {
    name: 'first',
    model: {
      inputs: { x: { shape: [2] } },
      layers: [{ type: 'dense', units: 3 }],
      loss: { type: 'softmaxCrossEntropy', labels: 'label' },
    },
    data: { dataset, inputs: { x: { columns: ['a', 'b'] } } },
    training: { epochs: 2, batchSize: 10, clipNorm: 1, optimizer: { type: 'sgd', learningRate: 0.1 } },
  });
  origin = answer.json<Job>().id;
  await api.service({ method: 'POST', url: `/internal/jobs/${origin}/claim`, payload: { server: 'ps' } });
});

const post = (url: string, payload: object, headers: Record<string, string> = {}) =>
  api.user({ method: 'POST', url, payload, headers });
const fork = (payload: object = {}, headers: Record<string, string> = {}) =>
  post(`/v1/jobs/${origin}/fork`, payload, headers);
const checkpoint = (step: number) =>
  api.service({
    method: 'PUT',
    url: `/internal/jobs/${origin}/checkpoints/${step}`,
    payload: Buffer.from(`${origin} at ${step}`),
    headers: { 'content-type': 'application/octet-stream', 'x-descent-incarnation': '1' },
  });
const hashAt = (step: number) => createHash('sha256').update(`${origin} at ${step}`).digest('hex');
const planOf = async (id: string) => (await readPlan(api.app.context.db, id)) as TrainingPlan;

test('a fork goes on from the newest checkpoint with all settings of the first job', async () => {
  await checkpoint(5);
  const answer = await fork();
  expect(answer.statusCode).toBe(201);
  const job = answer.json<Job>();
  expect(answer.headers.location).toBe(`/v1/jobs/${job.id}`);
  expect(job).toMatchObject({
    state: 'queued',
    name: 'first, from step 5',
    progress: { step: 5, steps: 12 },
  });
  const [before, plan] = [await planOf(origin), await planOf(job.id)];
  expect(plan).toMatchObject({ forkOf: { jobId: origin, step: 5, hash: hashAt(5) } });
  expect(plan.graphHash).toBe(before.graphHash);
  expect(plan.request).toEqual({ ...before.request, name: 'first, from step 5' });
});

test('settings can differ, and null takes one away', async () => {
  await checkpoint(5);
  const training = { epochs: 3, clipNorm: null, optimizer: { type: 'adam', learningRate: 0.01 } };
  const job = (await fork({ name: 'second', training })).json<Job>();
  expect(job).toMatchObject({ name: 'second', progress: { step: 5, steps: 18, epochs: 3 } });
  expect(job.request.training).toEqual({ epochs: 3, batchSize: 10, optimizer: training.optimizer });
});

test.each([
  [{ training: { epochs: 0 } }, 422, 'training.epochs'],
  [{ training: { epochs: 'many' } }, 422, 'training.epochs'],
  [{ model: {} }, 422, 'model'],
  [{ checkpoint: '5' }, 422, 'checkpoint'],
])('%j is refused and nothing is created', async (body, status, path) => {
  await checkpoint(5);
  const before = await storedJobs(api);
  const answer = await fork(body);
  expect([answer.statusCode, answer.json().details.path]).toEqual([status, path]);
  expect(await storedJobs(api)).toBe(before);
});

test('a fork with nothing left to train is refused', async () => {
  await checkpoint(7);
  expect((await fork({ training: { epochs: 1 } })).json()).toMatchObject({
    statusCode: 422,
    details: { path: 'training.epochs', problem: expect.stringContaining('gives 6 steps') },
  });
});

test('without a checkpoint, or with one that is not kept, there is nothing to fork from', async () => {
  expect((await fork()).json()).toMatchObject({ statusCode: 404, code: 'CHECKPOINT_NOT_FOUND' });
  await checkpoint(1);
  expect((await fork({ checkpoint: 'ck_2' })).json()).toMatchObject({ code: 'CHECKPOINT_NOT_FOUND' });
});

test('the file of a fork stays when the first job lets it go', async () => {
  await checkpoint(1);
  await fork();
  await checkpoint(2);
  expect(await isHeld(api.app.context.db, hashAt(1))).toBe(true);
  expect(await api.app.context.artifacts.size(hashAt(1))).not.toBeNull();
});

test('a fork at the moment in which its checkpoint is dropped has the file or is refused', async () => {
  await checkpoint(1);
  const forks = [1, 2, 3, 4].map(() => fork({ checkpoint: 'ck_1' }));
  const [, ...answers] = await Promise.all([checkpoint(2), ...forks]);
  for (const answer of answers) {
    expect([201, 404, 409]).toContain(answer.statusCode);
    if (answer.statusCode !== 201) continue;
    const { forkOf } = await planOf(answer.json<Job>().id);
    expect(await api.app.context.artifacts.size(forkOf?.hash ?? '')).not.toBeNull();
  }
});

test('the same Idempotency-Key gives the same fork, in any state of the first job', async () => {
  await checkpoint(5);
  const headers = { 'idempotency-key': `again-${origin}` };
  const first = (await fork({}, headers)).json<Job>();
  await post(`/v1/jobs/${origin}/cancel`, {});
  await api.service({
    method: 'POST',
    url: `/internal/jobs/${origin}/reports`,
    payload: exampleReport(0, { outcome: { state: 'cancelled' } }),
  });
  const again = await fork({}, headers);
  expect([again.statusCode, again.json<Job>().id]).toEqual([200, first.id]);
  expect((await fork()).statusCode).toBe(201);
});
