import { mkdir, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { changeDataset, findDataset, holdArtifacts } from '@descent/storage';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { startDispatcher } from './dispatcher/dispatcher.ts';
import { type ApiFixture, exampleReport, openApi, trainPoint } from './testing/api-fixture.ts';
import { createDataset } from './testing/upload.ts';

/** Two processes of the api on one database and one queue; here both in this process. */
let first: ApiFixture;
let second: ApiFixture;
const listeners = new Set<(text: string | null) => void>();
const news = {
  publish: (text: string) => {
    for (const hear of listeners) hear(text);
  },
  subscribe: (hear: (text: string | null) => void) => void listeners.add(hear),
};

beforeEach(async () => {
  listeners.clear();
  first = await openApi({ news });
  second = await openApi({ news, dataDir: first.dataDir, token: first.token });
}, 60_000);
afterEach(async () => {
  await second.app.server.close();
  await first.close();
});

test('one of them fills the queue, and the other as soon as that one is gone', async () => {
  const patiently = { timeout: 15_000 };
  const dispatch = ({ app, queue }: ApiFixture) => startDispatcher(app.context, { queue, tickMs: 20 });
  const one = dispatch(first);
  await vi.waitFor(() => expect(first.app.context.locks.has('leader')).toBe(true), patiently);
  const two = dispatch(second);
  const job = await second.storedJob();
  second.app.context.wakeDispatcher();
  await vi.waitFor(() => expect(first.queue.items.has(`${job.id}.1`)).toBe(true), patiently);
  expect(second.queue.items.size).toBe(0);
  await one.close();
  await first.app.context.locks.release('leader');
  await vi.waitFor(() => expect(second.queue.items.has(`${job.id}.1`)).toBe(true), patiently);
  await two.close();
});

test('what a job reports to one reaches the readers of the other at once', async () => {
  const job = await first.storedJob();
  await first.service({ method: 'POST', url: `/internal/jobs/${job.id}/claim`, payload: { server: 'ps' } });
  const subscription = second.app.context.feeds.subscribe(job.id);
  const report = exampleReport(0, { points: [trainPoint(1)] });
  const answer = await first.service({
    method: 'POST',
    url: `/internal/jobs/${job.id}/reports`,
    payload: report,
  });
  expect(answer.statusCode).toBe(200);
  expect(await subscription.next(0)).toBe('news');
  const points = await second.user({ method: 'GET', url: `/v1/jobs/${job.id}/metrics` });
  expect(points.json()).toMatchObject({ points: [{ step: 1 }] });
  subscription.close();
});

test('after an outage of the queue every reader looks again', async () => {
  const subscription = second.app.context.feeds.subscribe('job_1');
  for (const hear of listeners) hear(null);
  expect(await subscription.next(0)).toBe('news');
  subscription.close();
});

test('one that starts leaves alone what the other is doing, and clears away what a dead one was doing', async () => {
  const { db, locks, scratch } = first.app.context;
  const [read, dead] = [await createDataset(first), await createDataset(first)];
  for (const id of [read, dead]) await changeDataset(db, id, 'empty', { state: 'ingesting' });
  await locks.tryTake(`dataset:${read}`);
  const underWay = scratch();
  await writeFile(underWay, 'half');
  const leftover = path.join(first.dataDir, 'uploads', 'of-a-dead-process.1');
  await mkdir(leftover);

  const third = await openApi({ news, dataDir: first.dataDir, token: first.token });
  expect(await findDataset(db, read)).toMatchObject({ state: 'ingesting' });
  expect(await findDataset(db, dead)).toMatchObject({ state: 'empty' });
  expect(await readdir(path.dirname(leftover))).toEqual([path.basename(underWay)]);
  await third.app.server.close();
});

test('a file that one is about to hold is not deleted by the other, though nobody holds it yet', async () => {
  const { db, artifacts, keeper } = first.app.context;
  let held = '';
  await keeper.writing(async () => {
    const { hash } = await artifacts.put([Buffer.from('the same bytes')]);
    await second.app.context.keeper.discard([hash]);
    expect(await artifacts.size(hash)).toBe(14);
    await holdArtifacts(db, 'job_1', [{ hash, bytes: 14 }]);
    held = hash;
  });
  await second.app.context.keeper.discardUnheld();
  expect(await artifacts.size(held)).toBe(14);
});
