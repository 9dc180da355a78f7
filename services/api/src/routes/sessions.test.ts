import type { Session, SessionCreated } from '@descent/contracts';
import { removeMember, revokeToken } from '@descent/storage';
import type { InjectOptions } from 'fastify';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { invite } from '../accounts/invite.ts';
import { type ApiFixture, openApi } from '../testing/api-fixture.ts';
import { createMember, createTeam, type TestMember } from '../testing/teams.ts';

let api: ApiFixture;
let team: string;
let member: TestMember;
beforeAll(async () => {
  api = await openApi();
  team = await createTeam(api, 'ours');
  member = await createMember(api, team, 'member');
});
afterAll(() => api.close());

const origin = 'http://lab:7070';
const page = { host: 'lab:7070', origin, 'sec-fetch-site': 'same-origin' };

const signIn = (payload: object, headers: Record<string, string> = page) =>
  api.app.server.inject({ method: 'POST', url: '/v1/sessions', payload, headers });

/** As a browser on the page of the service. */
const withCookie =
  (cookie: string) =>
  (options: InjectOptions, headers: Record<string, string | undefined> = page) => {
    const given = Object.entries(headers).filter(([, value]) => value !== undefined);
    return api.app.server.inject({ ...options, headers: { ...Object.fromEntries(given), cookie } });
  };

async function browser(remember = false, token?: string) {
  const made = token ?? (await member.token()).secret;
  const answer = await signIn({ token: made, remember });
  const header = String(answer.headers['set-cookie']);
  return {
    header,
    cookie: header.split(';')[0] ?? '',
    ask: withCookie(header.split(';')[0] ?? ''),
    ...answer.json<SessionCreated>(),
  };
}

test('a token signs a browser in with a cookie that scripts cannot read, and the answer holds no secret', async () => {
  const { secret } = await member.token();
  const answer = await signIn({ token: secret });
  expect(answer.statusCode).toBe(201);
  expect(answer.headers['set-cookie']).toMatch(
    /^descent_7070=dss_[0-9A-HJKMNP-TV-Z]{32}; Path=\/; HttpOnly; SameSite=Strict$/,
  );
  expect(answer.headers['cache-control']).toBe('no-store');
  expect(answer.body).not.toMatch(/ds[csj]_[0-9A-Z]{20}/);
  expect(answer.json()).toMatchObject({
    member: { id: member.id },
    team: { id: team },
    session: { current: true },
  });
  const rows = await api.app.context.db.selectFrom('sessions').selectAll().execute();
  expect(JSON.stringify(rows)).not.toContain(String(answer.headers['set-cookie']).slice(17, 49));
});

test('behind TLS the cookie is Secure and bound to the host; remembered, it has an age', async () => {
  const { secret } = await member.token();
  const headers = { ...page, 'x-forwarded-proto': 'https', origin: 'https://lab:7070' };
  const answer = await signIn({ token: secret, remember: true }, headers);
  expect(answer.headers['set-cookie']).toMatch(
    /^__Host-descent=dss_\w{32}; Max-Age=2592000; Path=\/; HttpOnly; SameSite=Strict; Secure$/,
  );
  const cookie = String(answer.headers['set-cookie']).split(';')[0] ?? '';
  expect((await withCookie(cookie)({ url: '/v1/whoami' }, headers)).statusCode).toBe(200);
});

test('an invitation makes a member and signs it in at once, once', async () => {
  const { code } = await invite(api.app.context.db, team, { name: 'Ada' }, api.time.now);
  const answer = await signIn({ code });
  expect(answer.json()).toMatchObject({ member: { name: 'Ada', role: 'member' }, team: { id: team } });
  const cookie = String(answer.headers['set-cookie']).split(';')[0] ?? '';
  expect((await withCookie(cookie)({ url: '/v1/whoami' })).json()).toMatchObject({ member: { name: 'Ada' } });
  expect((await signIn({ code })).json()).toMatchObject({ statusCode: 404, code: 'INVITE_INVALID' });
});

test.each([
  ['a token that is wrong', { token: 'dsc_wrong' }, 401, 'UNAUTHENTICATED'],
  ['nothing', {}, 422, 'REQUEST_INVALID'],
  ['both', { token: 'x', code: 'y' }, 422, 'REQUEST_INVALID'],
  ['no invitation', { code: 'dsj_x' }, 404, 'INVITE_INVALID'],
])('%s signs nobody in', async (_what, payload, statusCode, code) => {
  const answer = await signIn(payload);
  expect(answer.json()).toMatchObject({ statusCode, code });
  expect(answer.headers['set-cookie']).toBe(undefined);
});

test('a worker’s token signs nobody in', async () => {
  const { secret } = await member.token(['worker']);
  expect((await signIn({ token: secret })).json()).toMatchObject({ statusCode: 403, code: 'SCOPE_MISSING' });
});

test.each([
  ['of another site', { 'sec-fetch-site': 'cross-site' }],
  ['of another port of this host', { 'sec-fetch-site': 'same-site', origin: 'http://lab:9999' }],
  ['of a browser that tells only the origin', { 'sec-fetch-site': undefined, origin: 'http://evil' }],
  ['of a frame without an origin', { 'sec-fetch-site': undefined, origin: 'null' }],
  ['typed into the address bar', { 'sec-fetch-site': 'none', origin: undefined }],
  ['that says nothing of where it comes from', { 'sec-fetch-site': undefined, origin: undefined }],
])('a change %s is refused, cookie or not', async (_where, headers) => {
  const { ask } = await browser();
  const change = { method: 'POST' as const, url: '/v1/tokens', payload: { name: 'stolen' } };
  expect((await ask(change, { ...page, ...headers })).json()).toMatchObject({
    statusCode: 403,
    code: 'CROSS_SITE',
  });
});

test('who may read: the page itself and an address that the user opens, no other page', async () => {
  const { ask } = await browser();
  const read = async (headers: Record<string, string | undefined>) =>
    (await ask({ url: '/v1/jobs' }, { host: page.host, ...headers })).statusCode;
  expect(await read({ 'sec-fetch-site': 'same-origin' })).toBe(200);
  expect(await read({ 'sec-fetch-site': 'none' })).toBe(200);
  expect(await read({})).toBe(200);
  expect(await read({ origin: 'http://evil' })).toBe(403);
  expect(await read({ 'sec-fetch-site': 'same-site' })).toBe(403);
  expect(await read({ origin: 'http://front', 'x-forwarded-host': 'front' })).toBe(200);
});

test('another page signs nobody in', async () => {
  const { secret } = await member.token();
  const answer = await signIn({ token: secret }, { host: 'lab', origin: 'http://evil' });
  expect(answer.json()).toMatchObject({ statusCode: 403, code: 'CROSS_SITE' });
});

test('a session may do what its token may, and no more', async () => {
  const { ask } = await browser(false, (await member.token(['read'])).secret);
  expect((await ask({ url: '/v1/jobs' })).statusCode).toBe(200);
  const made = await ask({ method: 'POST', url: '/v1/tokens', payload: { name: 'x' } });
  expect(made.json()).toMatchObject({ statusCode: 403, code: 'SCOPE_MISSING' });
});

test('a session ends with its token, and with its member', async () => {
  const { db } = api.app.context;
  const time = new Date(api.time.now).toISOString();
  const status = async (ask: Awaited<ReturnType<typeof browser>>['ask']) =>
    (await ask({ url: '/v1/whoami' })).statusCode;
  const one = await member.token();
  const first = await browser(false, one.secret);
  await revokeToken(db, one.id, time);
  expect(await status(first.ask)).toBe(401);
  const gone = await createMember(api, team, 'member');
  const second = await browser(false, (await gone.token()).secret);
  expect(await status(second.ask)).toBe(200);
  await removeMember(db, gone.id, time);
  expect(await status(second.ask)).toBe(401);
  expect((await first.ask({ method: 'GET', url: '/v1/whoami' })).headers['www-authenticate']).toBe(
    'Bearer realm="descent"',
  );
});

const hour = 3_600_000;
test.each([
  [false, 11 * hour, 7 * 24 * hour],
  [true, 13 * 24 * hour, 30 * 24 * hour],
])('remembered %s: it lives on while it is used, and not for ever', async (remember, pauseMs, longestMs) => {
  const begun = api.time.now;
  const { ask } = await browser(remember);
  const status = async () => (await ask({ url: '/v1/whoami' })).statusCode;
  // It is noted beside the answer.
  const lastUse = async () => {
    const uses = api.app.context.db
      .selectFrom('sessions')
      .select(({ fn }) => fn.max('last_used_at').as('last'));
    return (await uses.executeTakeFirstOrThrow()).last;
  };
  while (api.time.now + pauseMs < begun + longestMs) {
    api.time.now += pauseMs;
    expect(await status()).toBe(200);
    await expect.poll(lastUse).toBe(new Date(api.time.now).toISOString());
  }
  api.time.now = begun + longestMs;
  expect(await status()).toBe(401);
  const idle = await browser(remember);
  api.time.now += pauseMs + 24 * hour;
  expect((await idle.ask({ url: '/v1/whoami' })).statusCode).toBe(401);
});

test('one’s sessions are listed, one is ended, and signing out takes the cookie away', async () => {
  const own = await createMember(api, team, 'member');
  const { secret } = await own.token();
  const first = await browser(false, secret);
  api.time.now += 1;
  const second = await browser(false, secret);
  const ids = (answer: Awaited<ReturnType<typeof first.ask>>) =>
    answer.json<{ sessions: Session[] }>().sessions.map(({ id, current }) => [id, current]);
  expect(ids(await first.ask({ url: '/v1/sessions' }))).toEqual([
    [second.session.id, false],
    [first.session.id, true],
  ]);
  const other = await browser();
  const end = { method: 'DELETE' as const, url: `/v1/sessions/${second.session.id}` };
  expect((await other.ask(end)).json()).toMatchObject({ statusCode: 404, code: 'SESSION_NOT_FOUND' });
  expect((await first.ask(end)).statusCode).toBe(204);
  expect((await second.ask({ url: '/v1/whoami' })).statusCode).toBe(401);
  const out = await first.ask({ method: 'DELETE', url: '/v1/sessions/current' });
  expect(out.headers['set-cookie']).toMatch(/^descent_7070=; Max-Age=0; /);
  expect((await first.ask({ url: '/v1/whoami' })).statusCode).toBe(401);
});

test('a header wins over a cookie, and a wrong one does not fall back to it', async () => {
  const { cookie } = await browser();
  const ask = (authorization: string) =>
    api.app.server.inject({ url: '/v1/whoami', headers: { ...page, cookie, authorization } });
  expect((await ask(`Bearer ${api.token}`)).json()).toMatchObject({ member: { name: 'staff' } });
  expect((await ask('Bearer dsc_wrong')).statusCode).toBe(401);
});
