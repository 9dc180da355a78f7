import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ApiFixture, openApi } from '../testing/api-fixture.ts';

let api: ApiFixture;
let dashboardDir: string;
beforeAll(async () => {
  dashboardDir = await mkdtemp(path.join(tmpdir(), 'descent-dashboard-'));
  await mkdir(path.join(dashboardDir, 'assets'));
  await writeFile(path.join(dashboardDir, 'index.html'), '<title>Descent</title>');
  await writeFile(path.join(dashboardDir, 'assets', 'app-1a2b.js'), 'start()');
  api = await openApi({ dashboardDir });
});
afterAll(async () => {
  await api.close();
  await rm(dashboardDir, { recursive: true, force: true });
});

const get = (url: string, accept = 'text/html') => api.app.server.inject({ url, headers: { accept } });

test.each(['/', '/jobs/job_1', '/jobs/job_1?tab=events'])(
  '%s is a page of the dashboard, never cached',
  async (url) => {
    const answer = await get(url);
    expect(answer.statusCode).toBe(200);
    expect(answer.body).toBe('<title>Descent</title>');
    expect(answer.headers['cache-control']).toBe('no-cache');
  },
);

test('built files carry their hash in the name and are kept', async () => {
  const answer = await get('/assets/app-1a2b.js', '*/*');
  expect(answer.body).toBe('start()');
  expect(answer.headers['cache-control']).toContain('immutable');
});

test.each([
  ['/v1/nothing', 'text/html'],
  ['/internal/nothing', 'text/html'],
  ['/assets/missing.js', '*/*'],
  ['/assets/../../etc/passwd', '*/*'],
])('%s is no page', async (url, accept) => {
  const answer = await get(url, accept);
  expect(answer.statusCode).toBeGreaterThanOrEqual(401);
  expect(answer.json()).toMatchObject({ code: expect.stringMatching(/^(ROUTE_NOT_FOUND|UNAUTHENTICATED)$/) });
});
