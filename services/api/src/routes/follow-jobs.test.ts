import { readPoints } from '@descent/storage';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type ApiFixture, exampleReport, openApi, trainPoint } from '../testing/api-fixture.ts';

let api: ApiFixture;
let jobId: string;
let serial: number;
beforeEach(async () => {
  api = await openApi();
  jobId = (await api.storedJob()).id;
  serial = 0;
  await api.service({ method: 'POST', url: `/internal/jobs/${jobId}/claim`, payload: { server: 'ps' } });
});
afterEach(() => api.close());

const report = async (more: Parameters<typeof exampleReport>[1]) => {
  const payload = exampleReport(serial++, more);
  const answer = await api.service({ method: 'POST', url: `/internal/jobs/${jobId}/reports`, payload });
  expect(answer.statusCode).toBe(200);
};
const steps = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => trainPoint(from + index));
const fail = () =>
  report({
    outcome: { state: 'failed', error: { code: 'JOB_FAILED', message: 'over', details: {}, advice: '' } },
  });

interface Message {
  readonly id: number | null;
  readonly event: string;
  readonly data: unknown;
}
function messagesOf(text: string): Message[] {
  return text
    .split('\n\n')
    .filter((block) => block.includes('data: '))
    .map((block) => {
      const field = (name: string) =>
        block
          .split('\n')
          .find((line) => line.startsWith(`${name}: `))
          ?.slice(name.length + 2);
      const id = field('id');
      return {
        id: id === undefined ? null : Number(id),
        event: field('event') ?? 'message',
        data: JSON.parse(field('data') ?? 'null'),
      };
    });
}
const stream = (name: 'events' | 'metrics', headers: Record<string, string> = {}) =>
  api.user({ url: `/v1/jobs/${jobId}/${name}`, headers: { accept: 'text/event-stream', ...headers } });

test('a stream begins with what is stored and ends after the job has', async () => {
  await report({ points: steps(1, 3) });
  await fail();
  const answer = await stream('metrics');
  expect(answer.headers['content-type']).toContain('text/event-stream');
  const messages = messagesOf(answer.body);
  expect(messages.map(({ id, event }) => [id, event])).toEqual([
    [1, 'message'],
    [2, 'message'],
    [3, 'message'],
    [null, 'end'],
  ]);
  expect(messages[1]?.data).toMatchObject({ sequence: 2, step: 2, values: { loss: 0.5 } });
  expect(messages[3]?.data).toEqual({ state: 'failed' });
});

test('Last-Event-ID goes on where the reader was', async () => {
  await report({ points: steps(1, 4) });
  await fail();
  const ids = messagesOf((await stream('metrics', { 'last-event-id': '3' })).body).map(({ id }) => id);
  expect(ids).toEqual([4, null]);
});

test('what comes while the reader reads arrives once and in order', async () => {
  await report({ points: steps(1, 700) });
  const reading = stream('metrics');
  for (let step = 701; step < 1000; step += 23) await report({ points: steps(step, step + 22) });
  await fail();
  const messages = messagesOf((await reading).body).filter(({ event }) => event === 'message');
  const stored = await readPoints(api.app.context.db, jobId, { after: 0, limit: 10_000 });
  expect(messages.map(({ id }) => id)).toEqual(stored.map(({ sequence }) => sequence));
  expect(messages.length).toBe(700 + 13 * 23);
});

test('the events of a job say each change of its state with a reason', async () => {
  await report({ points: steps(1, 1) });
  await fail();
  const states = messagesOf((await stream('events')).body)
    .map(({ data }) => data as { type: string; message: string; data: { to: string } })
    .filter(({ type }) => type === 'state')
    .map(({ message, data }) => [data.to, message]);
  expect(states).toEqual([
    ['preparing', 'Parameter server ps prepares it'],
    ['running', 'Workers compute its gradients'],
    ['failed', 'over'],
  ]);
});

test('JSON comes a page at a time', async () => {
  await report({ points: steps(1, 5) });
  const page = async (after: number) =>
    (await api.user({ url: `/v1/jobs/${jobId}/metrics?after=${after}&limit=2` })).json();
  expect((await page(0)).points.map(({ step }: { step: number }) => step)).toEqual([1, 2]);
  expect((await page(4)).points.map(({ step }: { step: number }) => step)).toEqual([5]);
  expect(await page(5)).toEqual({ points: [], nextAfter: 5 });
});

test.each(['-1', 'seven', '1.5'])('Last-Event-ID %s is refused by name', async (id) => {
  const answer = await stream('metrics', { 'last-event-id': id });
  expect(answer.json()).toMatchObject({ statusCode: 422, details: { path: 'Last-Event-ID' } });
});

test('a stream of a job that does not exist answers 404', async () => {
  jobId = 'job_01ARZ3NDEKTSV4RRFFQ69G5FAV';
  expect((await stream('events')).json()).toMatchObject({ code: 'JOB_NOT_FOUND' });
});

test('a reader that leaves is forgotten, and open streams do not keep the api from closing', async () => {
  const url = await api.app.server.listen({ host: '127.0.0.1', port: 0 });
  const headers = { authorization: `Bearer ${api.token}`, accept: 'text/event-stream' };
  const leaving = new AbortController();
  const readers = async () =>
    (await api.app.context.metrics.streamReaders.get()).values.reduce((n, { value }) => n + value, 0);
  const first = await fetch(`${url}/v1/jobs/${jobId}/events`, { headers, signal: leaving.signal });
  const second = await fetch(`${url}/v1/jobs/${jobId}/events`, { headers });
  expect(await readers()).toBe(2);
  leaving.abort();
  await expect(first.text()).rejects.toThrow();
  while ((await readers()) > 1) await new Promise((resolve) => setImmediate(resolve));
  const rest = second.text();
  await api.app.server.close();
  expect(await rest).toContain('data: ');
});
