import type { Job, Waiting } from '@descent/contracts';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type ApiFixture, exampleReport, openApi } from '../testing/api-fixture.ts';
import { createMember, createTeam } from '../testing/teams.ts';

let api: ApiFixture;
beforeEach(async () => {
  api = await openApi({ limits: { maxRunningJobs: 2, silenceMs: 3_600_000 } });
});
afterEach(() => api.close());

const admitted = async () => (await api.app.context.books.decide()).admit;
const waiting = async (id: string) =>
  (await api.user({ url: `/v1/jobs/${id}` })).json<Job>().waiting as Waiting | null;
const change = (team: string, payload: object) =>
  api.user({ method: 'PATCH', url: `/v1/teams/${team}`, payload });
const claim = (id: string) =>
  api.service({ method: 'POST', url: `/internal/jobs/${id}/claim`, payload: { server: 'ps' } });
const report = (id: string, serial: number) =>
  api.service({ method: 'POST', url: `/internal/jobs/${id}/reports`, payload: exampleReport(serial) });

/** Lets two workers compute for a job of this team. */
async function compute(team: string, seconds: number): Promise<string> {
  const { id } = await api.storedJob(team);
  await claim(id);
  await report(id, 0);
  api.time.now += seconds * 1000;
  await report(id, 1);
  return id;
}

test('a team with twenty jobs does not stand before the first job of another', async () => {
  const [ours, theirs] = [await createTeam(api, 'ours'), await createTeam(api, 'theirs')];
  const flood = [];
  for (let index = 0; index < 20; index++) {
    flood.push((await api.storedJob(ours)).id);
    api.time.now += 1;
  }
  const late = await api.storedJob(theirs);
  expect(new Set(await admitted())).toEqual(new Set([flood[0], late.id]));
});

test('who used more waits longer, and is told so', async () => {
  const [ours, theirs] = [await createTeam(api, 'ours'), await createTeam(api, 'theirs')];
  await compute(ours, 100);
  const again = await api.storedJob(ours);
  api.time.now += 10;
  const first = await api.storedJob(theirs);
  api.time.now += 10;
  const second = await api.storedJob(theirs);
  expect(await admitted()).toEqual([first.id]);
  expect(await waiting(second.id)).toMatchObject({ reason: 'behind-other-teams', ahead: 2 });
  expect(await waiting(again.id)).toMatchObject({
    reason: 'places-taken',
    position: { team: 1, whole: 2 },
    message: expect.stringMatching(/^1 job ahead; your team used \d+ % of its share$/),
  });
});

test.each([
  [{ paused: true }, 'team-paused'],
  [{ budgetWorkerSeconds: 20 }, 'budget-spent'],
  [{ runningLimit: 1 }, 'running-limit'],
])('a team with %j waits for that reason, and no other team does', async (settings, reason) => {
  const [ours, theirs] = [await createTeam(api, 'ours'), await createTeam(api, 'theirs')];
  await compute(ours, 10);
  const [own, other] = [await api.storedJob(ours), await api.storedJob(theirs)];
  await change(ours, settings);
  expect(await waiting(own.id)).toMatchObject({ reason });
  expect(await admitted()).toEqual([other.id]);
});

test('a job waits for memory that others have, and is told so', async () => {
  const held = await api.storedJob();
  await claim(held.id);
  const memory = { server_bytes: 2 ** 33 };
  await api.app.context.db.updateTable('jobs').set(memory).where('id', '=', held.id).execute();
  const { id } = await api.storedJob();
  expect(await waiting(id)).toMatchObject({
    reason: 'memory-taken',
    message: 'No parameter server has enough free memory at the moment',
    whatIf: { change: 'memory-free' },
  });
});

test('a running job has an estimated finish: what it says itself, with the workers that are there', async () => {
  const { id } = await api.storedJob();
  await claim(id);
  const finish = async () => (await api.user({ url: `/v1/jobs/${id}` })).json<Job>().estimatedFinish;
  // One second on two workers is two worker-seconds; one worker is there.
  await report(id, 0);
  expect(Date.parse((await finish()) ?? '')).toBe(api.time.now + 2000);
  api.time.now += 500;
  await report(id, 1);
  expect(Date.parse((await finish()) ?? '')).toBe(api.time.now + 2000);
});

test('a priority moves a job before the others of its team', async () => {
  const early = await api.storedJob();
  api.time.now += 1;
  const late = await api.storedJob();
  await api.app.context.db.updateTable('jobs').set({ priority: 5 }).where('id', '=', late.id).execute();
  expect(await admitted()).toEqual([late.id, early.id]);
});

test('two workers for ten seconds are twenty worker-seconds, of the team alone, also after a restart', async () => {
  const [ours, theirs] = [await createTeam(api, 'ours'), await createTeam(api, 'theirs')];
  const id = await compute(ours, 10);
  await compute(theirs, 1);
  const owner = api.as((await (await createMember(api, ours, 'owner')).token()).secret);
  const { usage } = (await owner({ url: '/v1/usage' })).json();
  expect(usage).toMatchObject([{ team: ours, job: id, workerSeconds: 20 }]);
  const csv = (await owner({ url: '/v1/usage', headers: { accept: 'text/csv' } })).body;
  expect(csv.split('\n')).toEqual([
    'team,job,from,to,worker_seconds',
    expect.stringMatching(new RegExp(`^${ours},${id},2026-.*,20\\.000$`)),
    '',
  ]);
  await change(ours, { budgetWorkerSeconds: 20 });
  const { id: next } = await api.storedJob(ours);
  api = await api.reopen();
  expect(await waiting(next)).toMatchObject({ reason: 'budget-spent' });
});
