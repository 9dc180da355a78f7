import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import type { InjectOptions } from 'fastify';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ApiFixture, openApi, serviceToken } from '../testing/api-fixture.ts';

let api: ApiFixture;
beforeAll(async () => {
  api = await openApi();
});
afterAll(() => api.close());

const request = (options: InjectOptions, authorization?: string) =>
  api.app.server.inject({
    ...options,
    headers: { ...options.headers, ...(authorization && { authorization }) },
  });

// Every route against every kind of caller: policies.test.ts.
test.each([
  ['whose checksum is wrong', () => `Bearer ${api.token.slice(0, -1)}${api.token.endsWith('0') ? '1' : '0'}`],
  ['with another scheme', () => `Basic ${api.token}`],
  ['twice', () => `Bearer ${api.token}, Bearer ${api.token}`],
])('a token %s is answered 401', async (_case, authorization) => {
  const answer = await request({ url: '/v1/jobs' }, authorization());
  expect(answer.json()).toMatchObject({ statusCode: 401, code: 'UNAUTHENTICATED' });
  expect(answer.headers['www-authenticate']).toBe('Bearer realm="descent"');
});

test('a stream needs the token in the header; one in the address does not count', async () => {
  const job = await api.storedJob();
  const answer = await request({
    url: `/v1/jobs/${job.id}/events?token=${api.token}`,
    headers: { accept: 'text/event-stream' },
  });
  expect(answer.statusCode).toBe(401);
});

test('the internal routes take only the service token', async () => {
  const job = await api.storedJob();
  const claim = { method: 'POST' as const, url: `/internal/jobs/${job.id}/claim`, payload: { server: 'ps' } };
  expect((await request(claim)).statusCode).toBe(401);
  expect((await request(claim, `Bearer ${api.token}`)).statusCode).toBe(401);
  expect((await request(claim, `Bearer ${serviceToken}x`)).statusCode).toBe(401);
  expect((await request(claim, `Bearer ${serviceToken}`)).statusCode).toBe(200);
});

test.each(['/healthz', '/readyz', '/openapi.json', '/docs/'])('%s is public', async (url) => {
  expect((await request({ url })).statusCode).toBe(200);
});

test('the first token is created once, kept readable by its owner alone, and stored as a hash', async () => {
  const own = await openApi();
  try {
    expect(own.token).toMatch(/^dsc_[0-9A-HJKMNP-TV-Z]{38}$/);
    const file = path.join(own.dataDir, 'bootstrap-token');
    expect((await readFile(file, 'utf8')).trim()).toBe(own.token);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    const rows = await own.app.context.db.selectFrom('tokens').selectAll().execute();
    expect(JSON.stringify(rows)).not.toContain(own.token.slice(4));
    const again = await own.reopen();
    expect(again.app.bootstrapToken).toBe(null);
    expect((await again.user({ url: '/v1/jobs' })).statusCode).toBe(200);
    await again.close();
  } finally {
    await own.close();
  }
});

test('answers forbid foreign scripts and frames', async () => {
  const { headers } = await request({ url: '/docs/' });
  expect(headers['content-security-policy']).toContain("script-src 'self';");
  expect(headers['content-security-policy']).toContain("frame-ancestors 'none'");
  expect(headers['x-content-type-options']).toBe('nosniff');
  expect(headers['x-request-id']).toMatch(/^req_/);
});

test('an address that does not exist answers like every error', async () => {
  const answer = await request({ url: '/v2/jobs?x=1', headers: { accept: 'text/html' } });
  expect(answer.json()).toMatchObject({
    statusCode: 404,
    code: 'ROUTE_NOT_FOUND',
    details: { method: 'GET', path: '/v2/jobs' },
  });
});

test('too many requests of one token answer 429 and leave other tokens alone', async () => {
  const strict = await openApi({ limits: { requestsPerSecond: 2 } });
  try {
    // A second may end among them.
    const answers = await Promise.all(Array.from({ length: 9 }, () => strict.user({ url: '/v1/jobs' })));
    const refused = answers.filter(({ statusCode }) => statusCode === 429);
    expect(refused.length).toBeGreaterThanOrEqual(5);
    expect(refused[0]?.json()).toMatchObject({ statusCode: 429, code: 'TOO_MANY_REQUESTS' });
    expect(refused[0]?.headers['retry-after']).toBe('1');
    expect((await strict.app.server.inject({ url: '/v1/jobs' })).statusCode).toBe(401);
  } finally {
    await strict.close();
  }
});

test('submissions and computations of a team have limits of their own', async () => {
  const strict = await openApi({ limits: { submissionsPerMinute: 1, computationsPerMinute: 1 } });
  try {
    const codes = async (options: InjectOptions) => {
      const answers = [await strict.user(options), await strict.user(options)];
      return answers.map((answer) => (answer.json() as { code?: string }).code ?? answer.statusCode);
    };
    const dryRun = { method: 'POST' as const, url: '/v1/jobs?dryRun=true', payload: {} };
    expect(await codes(dryRun)).toEqual(['REQUEST_INVALID', 'TOO_MANY_REQUESTS']);
    const { id } = await strict.storedJob();
    const predict = { method: 'POST' as const, url: `/v1/jobs/${id}/predict`, payload: {} };
    expect(await codes(predict)).toEqual([expect.not.stringContaining('TOO_MANY'), 'TOO_MANY_REQUESTS']);
    expect((await strict.user({ url: `/v1/jobs/${id}` })).statusCode).toBe(200);
  } finally {
    await strict.close();
  }
});
