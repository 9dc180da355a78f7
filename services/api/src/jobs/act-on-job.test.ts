import { activeJobs, readEvents } from '@descent/storage';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type ApiFixture, exampleReport, openApi } from '../testing/api-fixture.ts';

let api: ApiFixture;
beforeEach(async () => {
  api = await openApi();
});
afterEach(() => api.close());

const act = (id: string, action: string) => api.user({ method: 'POST', url: `/v1/jobs/${id}/${action}` });
const get = async (id: string) => (await api.user({ url: `/v1/jobs/${id}` })).json();
const claim = (id: string) =>
  api.service({ method: 'POST', url: `/internal/jobs/${id}/claim`, payload: { server: 'ps' } });
const report = (id: string, serial: number) =>
  api.service({ method: 'POST', url: `/internal/jobs/${id}/reports`, payload: exampleReport(serial) });

test('of two cancels at once one wins', async () => {
  const { id } = await api.storedJob();
  const answers = await Promise.all([act(id, 'cancel'), act(id, 'cancel')]);
  expect(answers.map(({ statusCode }) => statusCode).sort()).toEqual([200, 409]);
  const refused = answers.find(({ statusCode }) => statusCode === 409);
  expect(refused?.json()).toMatchObject({
    code: 'JOB_STATE_CONFLICT',
    details: { jobId: id, state: 'cancelled', action: 'cancel' },
  });
});

test('pause and resume move a waiting job, and it goes to the end of the line', async () => {
  const first = await api.storedJob();
  api.time.now += 10;
  const second = await api.storedJob();
  expect((await act(first.id, 'pause')).json()).toMatchObject({ state: 'paused', queuePosition: null });
  expect((await act(first.id, 'pause')).json()).toMatchObject({
    statusCode: 409,
    details: { state: 'paused' },
  });
  api.time.now += 10;
  expect((await act(first.id, 'resume')).json()).toMatchObject({ state: 'queued', queuePosition: 1 });
  expect(await get(second.id)).toMatchObject({ queuePosition: 0 });
});

test('a job whose server is silent for more than 3 s goes back to its place in the line', async () => {
  const lost = await api.storedJob();
  api.time.now += 10;
  await api.storedJob();
  await claim(lost.id);
  await report(lost.id, 0);
  await startDispatching();
  api.time.now += 3001;
  api.app.context.wakeDispatcher();
  await untilState(lost.id, 'queued');
  expect(await get(lost.id)).toMatchObject({
    queuePosition: 0,
    reason: 'Parameter server ps fell silent at step 1',
    progress: { step: 1, workers: 0 },
  });
  const events = await readEvents(api.app.context.db, lost.id, { after: 0, limit: 100 });
  expect(events.filter(({ type }) => type === 'restarted')).toMatchObject([
    { data: { server: 'ps', incarnation: 1 } },
  ]);
});

test('a cancel that a silent server never heard takes effect when it is given up', async () => {
  const { id } = await api.storedJob();
  await claim(id);
  await act(id, 'cancel');
  expect(await get(id)).toMatchObject({ state: 'preparing', reason: 'Cancelling on request' });
  await startDispatching();
  api.time.now += 3001;
  api.app.context.wakeDispatcher();
  await untilState(id, 'cancelled');
});

test('a server that was only slow goes on with its job when nobody has claimed it', async () => {
  const { id } = await api.storedJob();
  await claim(id);
  await report(id, 0);
  await startDispatching();
  api.time.now += 3001;
  api.app.context.wakeDispatcher();
  await untilState(id, 'queued');
  expect((await report(id, 1)).json()).toEqual({ wanted: 'run' });
  expect(await get(id)).toMatchObject({ state: 'running', incarnation: 1 });
});

test('queued jobs are on the queue under the next incarnation, at most as many as may run', async () => {
  const jobs = [
    await api.storedJob(),
    await api.storedJob(),
    await api.storedJob(),
    await api.storedJob(),
    await api.storedJob(),
  ];
  api.app.startDispatching();
  await untilQueued(4);
  const line = (await activeJobs(api.app.context.db)).map(({ id }) => `${id}.1`);
  expect([...api.queue.items.keys()].sort()).toEqual(line.slice(0, 4).sort());
  expect(jobs.length).toBe(5);
});

test('what the queue lost is put back', async () => {
  const { id } = await api.storedJob();
  api.app.startDispatching();
  await untilQueued(1);
  api.queue.reachable = false;
  api.queue.items.clear();
  api.queue.reachable = true;
  await untilQueued(1);
  expect([...api.queue.items.values()].map(({ payload }) => payload)).toEqual([{ jobId: id }]);
});

/** Silence counts from when this process leads. */
async function startDispatching(): Promise<void> {
  api.app.startDispatching();
  await vi.waitFor(() => expect(api.app.context.locks.has('leader')).toBe(true));
}

/** The announcement of a change comes after its transaction. */
async function untilState(id: string, state: string): Promise<void> {
  const news = api.app.context.feeds.subscribe(id);
  while ((await get(id)).state !== state) await news.next(5000);
  news.close();
}

async function untilQueued(count: number): Promise<void> {
  while (api.queue.items.size < count) {
    api.app.context.wakeDispatcher();
    await new Promise((resolve) => setImmediate(resolve));
  }
}
