import type { Job } from '@descent/contracts';
import { changeJob, insertJob } from '@descent/storage';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { type ApiFixture, exampleJob, examplePlan, openApi } from '../testing/api-fixture.ts';
import { createMember, createTeam } from '../testing/teams.ts';

let api: ApiFixture;
beforeEach(async () => {
  await api?.close();
  api = await openApi();
});
afterAll(() => api.close());

/** Stored jobs with these accuracies, the first the oldest; every second one has a learning rate of its own. */
async function jobsWith(accuracies: readonly (number | null)[], teamId?: string): Promise<string[]> {
  const ids = [];
  for (const [index, accuracy] of accuracies.entries()) {
    api.time.now += 1000;
    const job = exampleJob(api.time.now);
    const optimizer = { type: 'sgd' as const, learningRate: index % 2 === 0 ? 0.1 : 0.5 };
    const request = { ...job.request, training: { ...job.request.training, optimizer } };
    const validation = accuracy === null ? null : { accuracy, loss: 1 - accuracy };
    const best =
      accuracy === null
        ? {}
        : { accuracy: { value: accuracy + 0.02, step: 1, split: 'validation' as const } };
    const stored = { ...job, request, validation, best, name: `job ${index}`, ...(teamId && { teamId }) };
    await api.app.context.db.transaction().execute((db) => insertJob(db, stored, examplePlan(stored)));
    ids.push(job.id);
  }
  return ids;
}

const list = async (query: Record<string, string>, ask = api.user) => {
  const answer = await ask({ url: `/v1/jobs?${new URLSearchParams(query)}` });
  return answer.json<{ jobs: Job[]; nextCursor: string | null; complete: boolean }>();
};
const edit = (id: string, payload: object, ask = api.user) =>
  ask({ method: 'PATCH', url: `/v1/jobs/${id}`, payload });
const names = ({ jobs }: { readonly jobs: readonly Job[] }) => jobs.map(({ name }) => name);

test('a query finds jobs by metric and parameter', async () => {
  await jobsWith([0.95, 0.96, 0.5, null]);
  expect(names(await list({ query: 'metrics.accuracy > 0.9 and optimizer.learningRate = 0.1' }))).toEqual([
    'job 0',
  ]);
  expect(names(await list({ query: 'best.accuracy > 0.97' }))).toEqual(['job 1']);
  expect(names(await list({ query: 'not metrics.accuracy > 0.9' }))).toEqual(['job 3', 'job 2']);
});

test.each([
  ['', ['job 5', 'job 4', 'job 3', 'job 2', 'job 1', 'job 0']],
  ['-metrics.accuracy', ['job 1', 'job 4', 'job 0', 'job 3', 'job 5', 'job 2']],
  ['metrics.accuracy', ['job 3', 'job 4', 'job 0', 'job 1', 'job 5', 'job 2']],
  ['name', ['job 0', 'job 1', 'job 2', 'job 3', 'job 4', 'job 5']],
  ['-learningRate', ['job 5', 'job 3', 'job 1', 'job 4', 'job 2', 'job 0']],
])('sorted by "%s", in pages of two, every job comes once', async (sort, expected) => {
  await jobsWith([0.7, 0.9, null, 0.1, 0.7, null]);
  const seen: string[] = [];
  let cursor: string | null = '';
  while (cursor !== null) {
    const page = await list({ limit: '2', ...(sort && { sort }), ...(cursor && { cursor }) });
    expect(page.jobs.length).toBeGreaterThan(0);
    seen.push(...names(page));
    cursor = page.nextCursor;
  }
  expect(seen).toEqual(expected);
});

test.each([
  ['query=sate+%3D+x', 'QUERY_INVALID'],
  ['sort=-accuracyy', 'QUERY_INVALID'],
  ['cursor=x', 'REQUEST_INVALID'],
  ['sort=name&cursor=eyJhIjoxfQ', 'REQUEST_INVALID'],
  [`query=${'a'.repeat(1001)}`, 'REQUEST_INVALID'],
])('%s is refused', async (query, code) => {
  expect((await api.user({ url: `/v1/jobs?${query}` })).json()).toMatchObject({ statusCode: 422, code });
});

test('tags, notes and the name are the team’s, a star is one’s own', async () => {
  const [id = ''] = await jobsWith([null]);
  const other = await createMember(api, (await list({})).jobs[0]?.team ?? '', 'member');
  const ask = api.as((await other.token()).secret);
  const filed = { name: 'best so far', tags: ['keep', 'mnist'], notes: 'learning rate 0.1' };
  expect((await edit(id, { ...filed, starred: true })).json()).toMatchObject({ ...filed, starred: true, id });
  expect((await ask({ url: `/v1/jobs/${id}` })).json()).toMatchObject({ ...filed, starred: false });
  expect(names(await list({ query: 'tag = keep starred = true' }))).toEqual(['best so far']);
  expect(names(await list({ query: 'tag = keep starred = true' }, ask))).toEqual([]);
  await edit(id, { starred: false, tags: [] });
  expect((await list({})).jobs[0]).toMatchObject({ starred: false, tags: [], notes: filed.notes });
});

test('an archived job is left out unless it is asked for; one that has not ended is not archived', async () => {
  const [first = '', second = ''] = await jobsWith([0.5, 0.6]);
  expect((await edit(first, { archived: true })).json()).toMatchObject({
    statusCode: 409,
    code: 'JOB_STATE_CONFLICT',
  });
  const guard = { id: first, state: 'queued', wanted: 'run', incarnation: 0 } as const;
  await changeJob(api.app.context.db, guard, { state: 'succeeded' });
  expect((await edit(first, { archived: true })).json()).toMatchObject({
    archivedAt: expect.stringMatching(/^2026/),
  });
  const ids = async (query: Record<string, string>) => (await list(query)).jobs.map(({ id }) => id);
  expect(await ids({})).toEqual([second]);
  expect(await ids({ query: 'archived = true' })).toEqual([first]);
  expect(await ids({ query: 'archived = true or archived = false' })).toEqual([second, first]);
  await edit(first, { archived: false });
  expect(await ids({})).toEqual([second, first]);
});

test.each([
  [{ tags: ['a', 'a'] }, 'tags'],
  [{ tags: ['a b'] }, 'tags[0]'],
  [{ tags: Array.from({ length: 33 }, (_, index) => `t${index}`) }, 'tags'],
  [{ notes: 'x'.repeat(10_001) }, 'notes'],
  [{ name: ' ' }, 'name'],
  [{ stared: true }, 'stared'],
])('an edit that is wrong changes nothing and names the field', async (payload, path) => {
  const [id = ''] = await jobsWith([null]);
  const answer = await edit(id, { starred: true, ...payload });
  expect(answer.json()).toMatchObject({ statusCode: 422, details: { path } });
  expect((await list({})).jobs[0]?.starred).toBe(false);
});

test('a search finds nothing of another team', async () => {
  const theirs = await createTeam(api, 'theirs');
  await jobsWith([0.9], theirs);
  const ours = await createMember(api, await createTeam(api, 'ours'), 'owner');
  const ask = api.as((await ours.token()).secret);
  for (const query of ['', 'metrics.accuracy > 0', 'team = theirs', 'not tag = x'])
    expect((await list({ query, sort: 'name' }, ask)).jobs).toEqual([]);
});
