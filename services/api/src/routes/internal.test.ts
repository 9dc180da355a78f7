import { listCheckpoints, readEvents, readPoints } from '@descent/storage';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type ApiFixture, exampleReport, openApi, trainPoint } from '../testing/api-fixture.ts';

let api: ApiFixture;
beforeEach(async () => {
  api = await openApi();
});
afterEach(() => api.close());

const claim = (jobId: string, server = 'ps-1') =>
  api.service({ method: 'POST', url: `/internal/jobs/${jobId}/claim`, payload: { server } });
const report = (jobId: string, payload: object) =>
  api.service({ method: 'POST', url: `/internal/jobs/${jobId}/reports`, payload });
const state = async (jobId: string) => (await api.user({ method: 'GET', url: `/v1/jobs/${jobId}` })).json();
const points = (jobId: string) => readPoints(api.app.context.db, jobId, { after: 0, limit: 1000 });
const putFile = (url: string, payload: string, incarnation = 1) =>
  api.service({
    method: 'PUT',
    url,
    payload: Buffer.from(payload),
    headers: { 'content-type': 'application/octet-stream', 'x-descent-incarnation': String(incarnation) },
  });

test('a claim raises the incarnation and hands over the plan', async () => {
  const job = await api.storedJob();
  const answer = await claim(job.id);
  expect(answer.statusCode).toBe(200);
  expect(answer.json()).toMatchObject({
    incarnation: 1,
    plan: { jobId: job.id, microBatches: 2 },
    checkpoints: [],
    numericsClass: null,
  });
  expect(await state(job.id)).toMatchObject({ state: 'preparing', incarnation: 1 });
});

test('a second claim is refused while the first server is alive', async () => {
  const job = await api.storedJob();
  const [first, second] = await Promise.all([claim(job.id, 'ps-1'), claim(job.id, 'ps-2')]);
  expect([first.statusCode, second.statusCode].sort()).toEqual([200, 409]);
  const refused = first.statusCode === 409 ? first : second;
  expect(refused.json()).toMatchObject({ code: 'JOB_CLAIM_REFUSED' });
  expect(await state(job.id)).toMatchObject({ incarnation: 1 });
});

test('a claim of a job that has ended or does not exist is refused', async () => {
  const job = await api.storedJob();
  await api.user({ method: 'POST', url: `/v1/jobs/${job.id}/cancel` });
  expect((await claim(job.id)).json()).toMatchObject({ code: 'JOB_CLAIM_REFUSED' });
  const missing = await claim('job_01ARZ3NDEKTSV4RRFFQ69G5FAV');
  expect(missing.json()).toMatchObject({ statusCode: 404, code: 'JOB_NOT_FOUND' });
});

test('where the time went is on the job, in the trace and among the metrics', async () => {
  const job = await api.storedJob();
  await claim(job.id);
  const url = `/v1/jobs/${job.id}/trace`;
  expect((await api.user({ method: 'GET', url })).json()).toMatchObject({ traceEvents: [] });
  expect(await state(job.id)).not.toHaveProperty('timing');

  const phases = { queue: 1, pull: 0, data: 0.5, compute: 6, push: 1, wait: 2, reduce: 0.1, update: 0.2 };
  const timing = { steps: 2, microBatches: 4, stepMs: 9, phases };
  const trace = {
    startedAt: '2026-01-01T00:00:00.000Z',
    workers: ['w1'],
    steps: [{ step: 0, openedAt: 0, completedAt: 8, appliedAt: 9, reduceMs: 0.5, updateMs: 0.5 }],
    units: [],
  };
  await report(job.id, exampleReport(0, { timing, trace }));
  await report(job.id, exampleReport(1, { timing: { ...timing, steps: 3 } }));

  expect(await state(job.id)).toMatchObject({ timing: { ...timing, steps: 3 } });
  const { traceEvents } = (await api.user({ method: 'GET', url })).json();
  expect(traceEvents.map(({ name }: { name: string }) => name)).toEqual([
    ...['thread_name', 'thread_name', 'thread_name'],
    ...['wait', 'reduce', 'update'],
  ]);
  const { body } = await api.user({ method: 'GET', url: '/metrics' });
  expect(body).toContain('descent_micro_batch_phase_seconds_count{phase="compute"} 2');
});

test('a report stores points, events, progress and scores together', async () => {
  const job = await api.storedJob();
  await claim(job.id);
  const answer = await report(
    job.id,
    exampleReport(0, {
      points: [
        trainPoint(1),
        trainPoint(2),
        { ...trainPoint(2), split: 'validation', values: { loss: 0.4, accuracy: 0.8 } },
      ],
      events: [
        {
          time: '2026-01-01T00:00:00.000Z',
          type: 'worker-joined',
          message: 'w1 joined',
          data: { worker: 'w1' },
        },
      ],
    }),
  );
  expect(answer.json()).toEqual({ wanted: 'run' });
  expect(await state(job.id)).toMatchObject({
    state: 'running',
    latest: { loss: 0.5 },
    validation: { loss: 0.4, accuracy: 0.8 },
    best: { loss: { value: 0.4, step: 2, split: 'validation' } },
    progress: { step: 1, workers: 2 },
    receipt: { numericsClass: 'onnx-cpu-f32' },
  });
  expect((await points(job.id)).map(({ sequence, step, split }) => [sequence, step, split])).toEqual([
    [1, 1, 'train'],
    [2, 2, 'train'],
    [3, 2, 'validation'],
  ]);
  const events = await readEvents(api.app.context.db, job.id, { after: 0, limit: 10 });
  expect(events.map(({ type }) => type)).toEqual(['state', 'state', 'worker-joined']);
});

test('a repeated report changes nothing and is answered alike', async () => {
  const job = await api.storedJob();
  await claim(job.id);
  const first = exampleReport(0, { points: [trainPoint(1, 0.9)] });
  await report(job.id, first);
  const again = await report(job.id, { ...first, points: [trainPoint(1, 0.1), trainPoint(2)] });
  expect(again.json()).toEqual({ wanted: 'run' });
  expect((await points(job.id)).map(({ values }) => values)).toEqual([{ loss: 0.9 }]);
});

test('the best of a score is looked for anew where it has been measured again', async () => {
  const job = await api.storedJob();
  await claim(job.id);
  const best = async () => (await state(job.id)).best.loss;
  await report(job.id, exampleReport(0, { points: [1, 2, 3].map((step) => trainPoint(step, 4 - step)) }));
  expect(await best()).toEqual({ value: 1, step: 3, split: 'train' });
  await report(job.id, exampleReport(1, { points: [trainPoint(4, 2)] }));
  expect(await best()).toEqual({ value: 1, step: 3, split: 'train' });
  await report(job.id, exampleReport(2, { points: [trainPoint(3, 5)] }));
  expect(await best()).toEqual({ value: 2, step: 2, split: 'train' });
});

test('points of steps that are computed again replace the old values and keep their sequence', async () => {
  const job = await api.storedJob();
  await claim(job.id);
  await report(
    job.id,
    exampleReport(0, { points: [trainPoint(1, 0.9), trainPoint(2, 0.8), trainPoint(3, 0.7)] }),
  );
  await report(
    job.id,
    exampleReport(1, { points: [trainPoint(2, 0.5), trainPoint(3, 0.4), trainPoint(4, 0.3)] }),
  );
  expect((await points(job.id)).map(({ sequence, step, values }) => [sequence, step, values.loss])).toEqual([
    [1, 1, 0.9],
    [2, 2, 0.5],
    [3, 3, 0.4],
    [4, 4, 0.3],
  ]);
});

test('a report of a replaced server is refused and stores nothing', async () => {
  const job = await api.storedJob();
  await claim(job.id);
  await report(job.id, exampleReport(0, { outcome: { state: 'queued', reason: 'The server is leaving' } }));
  await claim(job.id, 'ps-2');
  const late = await report(job.id, exampleReport(1, { points: [trainPoint(5)] }));
  expect(late.json()).toMatchObject({
    statusCode: 409,
    code: 'INCARNATION_STALE',
    details: { current: 2, given: 1 },
  });
  expect(await points(job.id)).toEqual([]);
});

test('pause and cancel reach the server with the answer to its next report', async () => {
  const job = await api.storedJob();
  await claim(job.id);
  await report(job.id, exampleReport(0));
  const paused = await api.user({ method: 'POST', url: `/v1/jobs/${job.id}/pause` });
  expect(paused.json()).toMatchObject({ state: 'running', reason: 'Pausing on request' });
  expect((await report(job.id, exampleReport(1))).json()).toEqual({ wanted: 'pause' });
  await report(job.id, exampleReport(2, { outcome: { state: 'paused', step: 3 } }));
  expect(await state(job.id)).toMatchObject({ state: 'paused', reason: 'Paused on request at step 3' });
  const resumed = await api.user({ method: 'POST', url: `/v1/jobs/${job.id}/resume` });
  expect(resumed.json()).toMatchObject({ state: 'queued', queuePosition: 0 });
});

test('success needs the stored weights and fills the receipt', async () => {
  const job = await api.storedJob();
  await claim(job.id);
  const early = await report(
    job.id,
    exampleReport(0, { outcome: { state: 'succeeded', weightsHash: 'f'.repeat(64), ledgerHash: 'led' } }),
  );
  expect(early.json()).toMatchObject({ statusCode: 422, details: { path: 'outcome.weightsHash' } });
  const { hash } = (await putFile(`/internal/jobs/${job.id}/weights`, 'weights')).json();
  const outcome = { state: 'succeeded' as const, weightsHash: hash, ledgerHash: 'led' };
  const ended = exampleReport(0, { outcome });
  expect((await report(job.id, ended)).statusCode).toBe(200);
  expect((await report(job.id, ended)).statusCode).toBe(200);
  const job_ = await state(job.id);
  expect(job_).toMatchObject({ state: 'succeeded', receipt: { weightsHash: hash, ledgerHash: 'led' } });
  expect(job_.endedAt).toBe('2026-01-01T00:00:00.000Z');
});

test('a failed job shows the error of its server', async () => {
  const job = await api.storedJob();
  await claim(job.id);
  const error = {
    code: 'JOB_DIVERGED',
    message: 'The loss became NaN at step 7',
    details: { step: 7 },
    advice: 'Smaller',
  };
  await report(job.id, exampleReport(0, { outcome: { state: 'failed', error } }));
  expect(await state(job.id)).toMatchObject({ state: 'failed', reason: error.message, error });
});

test('checkpoints are kept newest first, five of them, and the files of the others are deleted', async () => {
  const job = await api.storedJob();
  await claim(job.id);
  const hashes: string[] = [];
  for (let step = 1; step <= 7; step++) {
    const answer = await putFile(`/internal/jobs/${job.id}/checkpoints/${step}`, `checkpoint ${step}`);
    hashes.push(answer.json().hash);
  }
  const { db, artifacts } = api.app.context;
  expect((await listCheckpoints(db, job.id)).map(({ step }) => step)).toEqual([7, 6, 5, 4, 3]);
  expect(await artifacts.size(hashes[1] ?? '')).toBe(null);
  expect(await artifacts.size(hashes[2] ?? '')).toBe(12);
  const read = await api.service({ method: 'GET', url: `/internal/jobs/${job.id}/checkpoints/7` });
  expect(read.body).toBe('checkpoint 7');
});

test('a checkpoint shows the scores of the evaluation at its step, whichever came first', async () => {
  const job = await api.storedJob();
  await claim(job.id);
  const evaluated = (step: number) => ({ ...trainPoint(step, step), split: 'validation' as const });
  await report(job.id, exampleReport(0, { points: [evaluated(1)] }));
  await putFile(`/internal/jobs/${job.id}/checkpoints/1`, 'one');
  await putFile(`/internal/jobs/${job.id}/checkpoints/2`, 'two');
  await report(job.id, exampleReport(1, { points: [evaluated(2)] }));
  const { checkpoints } = (await api.user({ url: `/v1/jobs/${job.id}/checkpoints` })).json();
  expect(checkpoints).toMatchObject([
    { id: 'ck_2', bytes: 3, validation: { loss: 2 } },
    { id: 'ck_1', bytes: 3, validation: { loss: 1 } },
  ]);
  const file = await api.user({ url: `/v1/jobs/${job.id}/checkpoints/ck_2/file` });
  expect(file.body).toBe('two');
  expect((await api.user({ url: `/v1/jobs/${job.id}/checkpoints/ck_3/file` })).json()).toMatchObject({
    statusCode: 404,
    code: 'CHECKPOINT_NOT_FOUND',
  });
});

test('a worker in quarantine is on the job and in the next claim, and what its work spoiled is forgotten', async () => {
  const { id } = await api.storedJob(undefined, { audit: 0.05 });
  await claim(id);
  for (const step of [1, 2, 3])
    await putFile(`/internal/jobs/${id}/checkpoints/${step}`, `checkpoint ${step}`);
  const found = { worker: 'w1', step: 3, microBatch: 1, since: 2, time: '2026-01-01T00:00:00.000Z' };
  const answer = await report(
    id,
    exampleReport(0, { quarantined: [found], outcome: { state: 'queued', reason: 'goes back' } }),
  );
  expect(answer.statusCode).toBe(200);
  expect(await state(id)).toMatchObject({ state: 'queued', quarantined: [found] });
  const next = (await claim(id)).json();
  expect(next).toMatchObject({ incarnation: 2, quarantined: ['w1'] });
  expect(next.checkpoints.map(({ step }: { step: number }) => step)).toEqual([2, 1]);
});

test('a file of a stale incarnation is refused and leaves nothing', async () => {
  const job = await api.storedJob();
  await claim(job.id);
  const late = await putFile(`/internal/jobs/${job.id}/checkpoints/1`, 'late', 9);
  expect(late.json()).toMatchObject({ statusCode: 409, code: 'INCARNATION_STALE' });
  expect(await listCheckpoints(api.app.context.db, job.id)).toEqual([]);
});

test('two jobs with equal checkpoints share a file until neither holds it', async () => {
  const [one, two] = [await api.storedJob(), await api.storedJob()];
  await claim(one.id);
  await claim(two.id);
  const { hash } = (await putFile(`/internal/jobs/${one.id}/checkpoints/1`, 'same')).json();
  await putFile(`/internal/jobs/${two.id}/checkpoints/1`, 'same');
  const push = async (jobId: string) => {
    for (let step = 2; step <= 6; step++)
      await putFile(`/internal/jobs/${jobId}/checkpoints/${step}`, `${jobId} ${step}`);
  };
  await push(one.id);
  expect(await api.app.context.artifacts.size(hash)).toBe(4);
  await push(two.id);
  expect(await api.app.context.artifacts.size(hash)).toBe(null);
});

test('a server that takes the place of one that ended frees its jobs at once, and no others', async () => {
  const jobs = [await api.storedJob(), await api.storedJob(), await api.storedJob()];
  const names = ['ps', 'ps.2', 'ps-of-another-host'];
  for (const [index, { id }] of jobs.entries()) await claim(id, names[index]);
  await report(jobs[1]!.id, exampleReport(0));
  const payload = { server: 'ps.3', replaces: 'ps' };
  expect((await api.service({ method: 'POST', url: '/internal/servers', payload })).statusCode).toBe(200);
  expect(await state(jobs[0]!.id)).toMatchObject({ state: 'queued' });
  expect(await state(jobs[1]!.id)).toMatchObject({
    state: 'queued',
    reason: 'Parameter server ps.2 ended and was replaced by ps.3 at step 1',
  });
  expect(await state(jobs[2]!.id)).toMatchObject({ state: 'preparing' });
  const events = await readEvents(api.app.context.db, jobs[1]!.id, { after: 0, limit: 100 });
  expect(events.filter(({ type }) => type === 'restarted')).toHaveLength(1);
});

test('how the layers moved is kept by step, and the losses at even steps are on the job', async () => {
  const job = await api.storedJob();
  await claim(job.id);
  const layers = (change: number) => ({
    norms: {
      'dense/kernel': { gradient: 0.5, parameter: 2, change },
      'dense/bias': { gradient: null, parameter: 0, change },
    },
  });
  const histograms = { 'dense/kernel': { low: -1, high: 1, counts: [3, 1] } };
  await report(
    job.id,
    exampleReport(0, {
      points: [
        { ...trainPoint(1), layers: { ...layers(0.1), histograms } },
        { ...trainPoint(2), layers: layers(0.2) },
        trainPoint(3),
      ],
    }),
  );
  // A step that is computed again.
  await report(job.id, exampleReport(1, { points: [{ ...trainPoint(2, 0.75), layers: layers(0.4) }] }));
  const url = `/v1/jobs/${job.id}/layers`;
  expect((await api.user({ method: 'GET', url })).json()).toEqual({
    steps: [1, 2],
    epochs: [0.2, 0.4],
    parameters: [
      { name: 'dense/kernel', gradient: [0.5, 0.5], parameter: [2, 2], updateRatio: [0.05, 0.2] },
      { name: 'dense/bias', gradient: [null, null], parameter: [0, 0], updateRatio: [null, null] },
    ],
    histograms: [{ step: 1, parameters: histograms }],
  });
  expect(await state(job.id)).toMatchObject({ sparkline: [1, 0.75, 0.33333] });
});

test('a job that takes five parameter servers with it at one step fails; one that gets on does not', async () => {
  const jobs = [await api.storedJob(), await api.storedJob()];
  for (let round = 1; round <= 5; round++) {
    for (const { id } of jobs) await claim(id, `ps.${round}`);
    const first = exampleReport(0);
    await report(jobs[1]!.id, {
      ...first,
      incarnation: round,
      progress: { ...first.progress, step: round },
    });
    const payload = { server: `ps.${round + 1}`, replaces: 'ps' };
    await api.service({ method: 'POST', url: '/internal/servers', payload });
  }
  expect(await state(jobs[0]!.id)).toMatchObject({
    state: 'failed',
    error: { code: 'JOB_FAILED', details: { step: 0 } },
    reason: expect.stringContaining('5 parameter servers in a row ended at step 0, the last of them ps.5'),
  });
  expect(await state(jobs[1]!.id)).toMatchObject({ state: 'queued', progress: { step: 5 } });
});
