import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ApiFixture, openApi } from '../testing/api-fixture.ts';

let api: ApiFixture;
beforeAll(async () => {
  api = await openApi();
});
afterAll(() => api.close());

const get = (url: string) => api.app.server.inject({ url });

test('the service is ready when database, queue and storage can be used', async () => {
  expect((await get('/healthz')).json()).toEqual({ status: 'ok' });
  expect((await get('/readyz')).json()).toEqual({
    status: 'ready',
    parts: { database: 'ok', queue: 'ok', storage: 'ok' },
  });
});

test('a queue that cannot be reached is named, and the process is alive all the same', async () => {
  api.queue.reachable = false;
  const answer = await get('/readyz');
  expect(answer.json()).toMatchObject({
    statusCode: 503,
    code: 'UNAVAILABLE',
    message: 'queue cannot be reached',
    details: { parts: { database: 'ok', storage: 'ok' } },
  });
  expect((await get('/healthz')).statusCode).toBe(200);
  api.queue.reachable = true;
});

test('metrics count jobs by state and requests by route', async () => {
  await api.storedJob();
  await api.user({ url: '/v1/jobs' });
  const text = (await api.user({ url: '/metrics' })).body;
  expect(text).toContain('descent_jobs{state="queued"} 1');
  expect(text).toMatch(
    /descent_http_request_seconds_count\{method="GET",route="\/v1\/jobs",status="200"\} 1/,
  );
});
