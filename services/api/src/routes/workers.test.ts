import type { ClusterQueue, ClusterWorker, GradientQueuePayload } from '@descent/contracts';
import { defaultTeamId, revokeToken } from '@descent/storage';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type ApiFixture, exampleReport, exampleWorker, openApi } from '../testing/api-fixture.ts';
import { createMember, createTeam, type TestMember } from '../testing/teams.ts';

let api: ApiFixture;
let ours: string;
let owner: TestMember;
beforeEach(async () => {
  api = await openApi({ limits: { presenceMs: 10_000 }, cluster: 'empty' });
  ours = await createTeam(api, 'ours');
  owner = await createMember(api, ours, 'owner');
});
afterEach(() => api.close());

/** A worker that joined with a token of its own, and what it may ask. */
async function join(lentTo: string | null = ours) {
  const token = await owner.token(['worker'], lentTo === null ? {} : { lentTo });
  const ask = api.as(token.secret);
  const joined = await ask({ method: 'POST', url: '/v1/workers', payload: exampleWorker });
  expect(joined.statusCode).toBe(201);
  const { id, name } = joined.json<{ id: string; name: string }>();
  const post = (what: string, payload: object = {}) =>
    ask({ method: 'POST', url: `/v1/workers/${id}/${what}`, payload });
  return {
    id,
    name,
    token,
    ask,
    beat: (job: string | null = null) => post('heartbeat', { job, load: 0.5, samplesPerSecond: 100 }),
    work: () => post('work'),
  };
}

const gradientJob = (jobId: string): GradientQueuePayload => ({
  jobId,
  incarnation: 1,
  serial: 3,
  address: 'unix:/tmp/channel',
  lease: 'a lease',
});
const listed = async (ask: (request: { url: string }) => ReturnType<ApiFixture['user']>) =>
  (await ask({ url: '/v1/workers' })).json<{ workers: ClusterWorker[] }>().workers;

test('a worker that joined is listed with what it is, and with the job that it says it serves', async () => {
  const worker = await join();
  const job = await api.storedJob(ours);
  await worker.beat(job.id);
  const [one] = await listed(api.as((await owner.token()).secret));
  expect(one).toMatchObject({
    id: worker.id,
    state: 'active',
    mine: true,
    team: ours,
    engine: 'onnx',
    device: 'cpu',
    job: job.id,
    load: 0.5,
    samplesPerSecond: 100,
  });
  expect(one?.name).toMatch(/^worker-1@/);
});

test('another team sees of a worker that serves all neither owner nor job', async () => {
  const worker = await join(null);
  await worker.beat((await api.storedJob(ours)).id);
  const stranger = await createMember(api, await createTeam(api, 'theirs'), 'owner');
  const [seen] = await listed(api.as((await stranger.token()).secret));
  expect(seen).toMatchObject({ id: worker.id, mine: false, owner: null, job: null, samplesPerSecond: 0 });
});

test('a silent worker is lost', async () => {
  await join();
  api.time.now += 10_001;
  expect(await listed(api.user)).toMatchObject([{ state: 'lost', load: 0 }]);
});

test('a worker that is drained has left when it is silent', async () => {
  const worker = await join();
  await api.as((await owner.token()).secret)({ method: 'POST', url: `/v1/workers/${worker.id}/drain` });
  api.time.now += 10_001;
  expect(await listed(api.user)).toMatchObject([{ state: 'left', load: 0 }]);
});

test.each([
  ['pause', 'paused', 'pause'],
  ['drain', 'draining', 'leave'],
])('%s: it is %s, and the worker is told to %s', async (action, state, wanted) => {
  const worker = await join();
  const ask = api.as((await owner.token()).secret);
  const answer = await ask({ method: 'POST', url: `/v1/workers/${worker.id}/${action}` });
  expect(answer.json()).toMatchObject({ state });
  expect((await worker.beat()).json()).toEqual({ wanted });
  expect((await worker.work()).json()).toEqual({ job: null });
  await ask({ method: 'POST', url: `/v1/workers/${worker.id}/resume` });
  expect((await worker.beat()).json()).toEqual({ wanted: 'work' });
});

test('only its owner, owners of its team and staff may steer a worker', async () => {
  const worker = await join(null);
  const remove = async (member: TestMember) =>
    api.as((await member.token()).secret)({ method: 'DELETE', url: `/v1/workers/${worker.id}` });
  const colleague = await createMember(api, ours, 'member');
  expect((await remove(colleague)).json()).toMatchObject({ statusCode: 403, code: 'WORKER_NOT_YOURS' });
  expect((await remove(owner)).statusCode).toBe(204);
  expect((await worker.beat()).json()).toMatchObject({ statusCode: 404, code: 'WORKER_NOT_FOUND' });
});

test('a gradient job goes from the queue to the worker, and is over when it asks for the next', async () => {
  const worker = await join();
  const job = await api.storedJob(ours);
  const asked = worker.work();
  const given = api.queue.give(gradientJob(job.id), ours);
  expect((await asked).json()).toEqual({ job: gradientJob(job.id) });
  const next = worker.work();
  await given;
  api.app.context.relay.dismiss(worker.id);
  expect((await next).json()).toEqual({ job: null });
});

test('a worker reads the samples of the jobs that it was given, and of no others', async () => {
  const worker = await join();
  const other = await join();
  const job = await api.storedJob(ours);
  const asked = worker.work();
  void api.queue.give(gradientJob(job.id), ours);
  expect((await asked).json().job).not.toBeNull();
  const { hash } = await api.app.context.artifacts.put([Buffer.from('samples')]);
  const plan = { manifest: { splits: [{ shards: [{ hash }] }] } };
  await api.app.context.db
    .updateTable('job_plans')
    .set({ plan: JSON.stringify(plan) })
    .where('job_id', '=', job.id)
    .execute();
  const read = (who: typeof worker, which: string) => who.ask({ url: `/v1/shards/${which}` });
  expect((await read(worker, hash)).body).toBe('samples');
  expect((await read(other, hash)).statusCode).toBe(404);
  expect((await read(worker, 'd'.repeat(64))).statusCode).toBe(404);
  api.time.now += 11 * 60_000;
  expect((await read(worker, hash)).statusCode).toBe(404);
});

test('a token that was revoked while its worker waited gets nothing', async () => {
  const worker = await join();
  const job = await api.storedJob(ours);
  const asked = worker.work();
  await vi.waitFor(() => expect(api.queue.consumers.has(ours)).toBe(true));
  await revokeToken(api.app.context.db, worker.token.id, new Date(api.time.now).toISOString());
  void api.queue.give(gradientJob(job.id), ours);
  expect((await asked).json()).toEqual({ job: null });
});

test('a worker of another machine is refused while no parameter server can be reached from there', async () => {
  const { secret } = await owner.token(['worker'], { lentTo: ours });
  const order = {
    method: 'POST',
    url: '/v1/workers',
    payload: exampleWorker,
    remoteAddress: '10.0.0.7',
  } as const;
  expect((await api.as(secret)(order)).json()).toMatchObject({ code: 'WORKERS_NOT_ADMITTED' });
  await api.service({
    method: 'POST',
    url: '/internal/servers/ps/heartbeat',
    payload: { memoryBytes: 1000, remoteAddress: 'tcp:lab.example:7071' },
  });
  expect((await api.as(secret)(order)).statusCode).toBe(201);
});

test('without worker or parameter server a job waits for that, and says so', async () => {
  const { id } = await api.storedJob(ours);
  const reason = async () => (await api.user({ url: `/v1/jobs/${id}` })).json().waiting.reason;
  expect(await reason()).toBe('no-server');
  const beat = (memoryBytes: number) =>
    api.service({
      method: 'POST',
      url: '/internal/servers/ps/heartbeat',
      payload: { memoryBytes, remoteAddress: null },
    });
  await beat(10);
  api.time.now += 1000;
  expect(await reason()).toBe('too-large');
  await beat(2 ** 30);
  api.time.now += 1000;
  expect(await reason()).toBe('no-worker');
  await api.service({ method: 'POST', url: '/internal/workers', payload: exampleWorker });
  expect(await reason()).toBe('starting');
});

test('a maintenance lets jobs wait with that reason, workers pause, and held jobs give their places back', async () => {
  await api.service({ method: 'POST', url: '/internal/workers', payload: exampleWorker });
  const worker = await join();
  const [waiting, held] = [await api.storedJob(ours), await api.storedJob(ours)];
  await api.service({ method: 'POST', url: `/internal/jobs/${held.id}/claim`, payload: { server: 'ps' } });
  const made = await api.user({
    method: 'POST',
    url: '/v1/announcements',
    payload: { message: 'The room is cleaned', pausesWork: true },
  });
  expect((await api.user({ url: `/v1/jobs/${waiting.id}` })).json().waiting).toMatchObject({
    reason: 'maintenance',
    message: 'Staff have paused the installation',
  });
  expect((await worker.beat()).json()).toEqual({ wanted: 'pause' });
  expect((await api.app.context.books.decide()).release).toEqual([{ job: held.id, cause: 'maintenance' }]);
  api.app.startDispatching();
  await vi.waitFor(async () => {
    const answer = await api.service({
      method: 'POST',
      url: `/internal/jobs/${held.id}/reports`,
      payload: exampleReport(api.time.now++),
    });
    expect(answer.json()).toMatchObject({ wanted: 'yield' });
  });
  await api.user({ method: 'DELETE', url: `/v1/announcements/${made.json().id}` });
  expect((await worker.beat()).json()).toEqual({ wanted: 'work' });
});

test('the queue shows own jobs, and of others their number', async () => {
  const mine = await api.storedJob(ours);
  await api.storedJob(defaultTeamId);
  const ask = api.as((await owner.token()).secret);
  const queue = (await ask({ url: '/v1/queue' })).json<ClusterQueue>();
  expect(queue.waiting.map(({ job }) => job)).toEqual([mine.id]);
  expect(queue.others).toEqual({ running: 0, waiting: 1 });
  expect(queue.shares).toMatchObject([{ team: ours, name: 'ours', running: 0, waiting: 1 }]);
  const all = (await api.user({ url: '/v1/queue' })).json<ClusterQueue>();
  expect([all.waiting.length, all.shares.length]).toEqual([2, 2]);
});
