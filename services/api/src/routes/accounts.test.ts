import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import type { ClassImported, InviteCreated, Joined, TokenCreated } from '@descent/contracts';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type ApiFixture, openApi } from '../testing/api-fixture.ts';
import { createMember, createTeam } from '../testing/teams.ts';

let api: ApiFixture;
beforeEach(async () => {
  api = await openApi();
});
afterEach(() => api.close());

const post = (url: string, payload: object = {}, ask = api.user) => ask({ method: 'POST', url, payload });
const invite = async (team: string, payload: object = {}, ask = api.user) =>
  (await post(`/v1/teams/${team}/invites`, payload, ask)).json<InviteCreated>();
const nobody = (options: object) => api.app.server.inject(options);
const joinWith = (code: string, name?: string) =>
  post('/v1/join', { code, ...(name === undefined ? {} : { name }) }, nobody);

describe('invitations', () => {
  test('a code makes one member, with a token that works, once', async () => {
    const { id } = (await post('/v1/teams', { name: 'ada' })).json();
    const { code, invite: made } = await invite(id, { role: 'owner', email: 'ada@example.org' });
    expect(code).toMatch(/^dsj_/);
    expect(made).toMatchObject({ team: id, role: 'owner', usesLeft: 1 });
    const answers = await Promise.all([joinWith(code, 'Ada'), joinWith(code, 'Eve')]);
    expect(answers.map(({ statusCode }) => statusCode).sort()).toEqual([201, 404]);
    const joined = answers.find(({ statusCode }) => statusCode === 201)?.json<Joined>() as Joined;
    expect(joined.member).toMatchObject({ team: id, role: 'owner', email: 'ada@example.org' });
    const who = (await api.as(joined.secret)({ url: '/v1/whoami' })).json();
    expect(who).toMatchObject({ member: joined.member, team: { id, name: 'ada' }, token: { name: 'first' } });
    expect(JSON.stringify(who)).not.toContain(joined.secret);
  });

  test('one that has expired, was withdrawn or was never made lets nobody in', async () => {
    const { id } = (await post('/v1/teams', { name: 'ada' })).json();
    const short = await invite(id, { expiresInSeconds: 60 });
    const withdrawn = await invite(id);
    await api.user({ method: 'DELETE', url: `/v1/invites/${withdrawn.invite.id}` });
    api.time.now += 60_000;
    for (const code of [short.code, withdrawn.code, 'dsj_none']) {
      expect((await joinWith(code, 'Eve')).json()).toMatchObject({ statusCode: 404, code: 'INVITE_INVALID' });
    }
    expect((await api.user({ url: `/v1/teams/${id}/members` })).json()).toEqual({ members: [] });
  });

  test('a refused request does not use it up', async () => {
    const { id } = (await post('/v1/teams', { name: 'ada' })).json();
    const { code } = await invite(id);
    expect((await joinWith(code)).json()).toMatchObject({ statusCode: 422, details: { path: 'name' } });
    expect((await joinWith(code, 'Ada')).statusCode).toBe(201);
  });

  test('an owner invites to its own team, and nobody as staff', async () => {
    const team = await createTeam(api, 'ada');
    const owner = api.as((await (await createMember(api, team, 'owner')).token()).secret);
    expect((await post(`/v1/teams/${team}/invites`, { role: 'owner' }, owner)).statusCode).toBe(201);
    expect((await post(`/v1/teams/${team}/invites`, { role: 'staff' }, owner)).json()).toMatchObject({
      statusCode: 403,
      code: 'ROLE_MISSING',
    });
  });
});

describe('tokens', () => {
  test('a token gives at most what it has', async () => {
    const member = await createMember(api, await createTeam(api, 'ada'), 'member');
    const ask = api.as((await member.token(['read', 'manage'])).secret);
    expect((await post('/v1/tokens', { name: 'x', scopes: ['submit'] }, ask)).json()).toMatchObject({
      statusCode: 403,
      code: 'SCOPE_MISSING',
    });
    expect((await post('/v1/tokens', { name: 'x', scopes: ['worker'] }, ask)).json()).toMatchObject({
      statusCode: 403,
      code: 'ROLE_MISSING',
    });
    const made = (await post('/v1/tokens', { name: 'x', scopes: ['read'] }, ask)).json<TokenCreated>();
    expect(made.token).toMatchObject({ name: 'x', scopes: ['read'], expiresAt: null, lastUsedAt: null });
    expect((await api.as(made.secret)({ url: '/v1/jobs' })).statusCode).toBe(200);
    expect((await post('/v1/tokens', { name: 'y' }, api.as(made.secret))).statusCode).toBe(403);
  });

  test('a worker token of an owner is lent to its team; of staff to anybody it names', async () => {
    const team = await createTeam(api, 'ada');
    const owner = api.as((await (await createMember(api, team, 'owner')).token()).secret);
    const made = async (payload: object, ask = api.user) =>
      (await post('/v1/tokens', { name: 'gpu', scopes: ['worker'], ...payload }, ask)).json();
    expect((await made({}, owner)).token.lentTo).toBe(team);
    expect(await made({ lentTo: `team_${'7'.repeat(26)}` }, owner)).toMatchObject({ code: 'TEAM_NOT_FOUND' });
    expect((await made({})).token.lentTo).toBe(null);
    expect((await made({ lentTo: team })).token.lentTo).toBe(team);
    expect(await made({ scopes: ['worker', 'read'] })).toMatchObject({ statusCode: 422 });
  });

  test('one that expires is of no use from that moment on, and shows when it was used', async () => {
    const made = (await post('/v1/tokens', { name: 'x', expiresInSeconds: 60 })).json<TokenCreated>();
    const ask = api.as(made.secret);
    expect((await ask({ url: '/v1/jobs' })).statusCode).toBe(200);
    const lastUse = async () => {
      const { tokens } = (await api.user({ url: '/v1/tokens' })).json();
      return tokens.find(({ id }: { id: string }) => id === made.token.id).lastUsedAt;
    };
    // It is noted beside the answer.
    await expect.poll(lastUse).toBe(new Date(api.time.now).toISOString());
    api.time.now += 60_000;
    expect((await ask({ url: '/v1/jobs' })).statusCode).toBe(401);
  });

  test('revoking a token closes the streams that are open with it, and no others', async () => {
    const job = await api.storedJob();
    const made = (await post('/v1/tokens', { name: 'x' })).json<TokenCreated>();
    const url = await api.app.server.listen({ port: 0, host: '127.0.0.1' });
    const follow = async (token: string) => {
      const request = get(`${url}/v1/jobs/${job.id}/events`, {
        headers: { accept: 'text/event-stream', authorization: `Bearer ${token}` },
      });
      const [response] = (await once(request, 'response')) as [IncomingMessage];
      await once(response, 'readable');
      return response.resume();
    };
    const [revoked, kept] = [await follow(made.secret), await follow(api.token)];
    const ended = once(revoked, 'end');
    let keptEnded = false;
    kept.once('end', () => {
      keptEnded = true;
    });
    await api.user({ method: 'DELETE', url: `/v1/tokens/${made.token.id}` });
    await ended;
    expect(keptEnded).toBe(false);
    kept.destroy();
  });

  test('a stream beyond the limit of its token is refused', async () => {
    const strict = await openApi({ limits: { streamsPerToken: 0 } });
    try {
      const job = await strict.storedJob();
      const answer = await strict.user({
        url: `/v1/jobs/${job.id}/events`,
        headers: { accept: 'text/event-stream' },
      });
      expect(answer.json()).toMatchObject({ statusCode: 429, code: 'TOO_MANY_STREAMS' });
    } finally {
      await strict.close();
    }
  });
});

describe('members', () => {
  test('the last member of staff can neither be removed nor made less', async () => {
    const { member } = (await api.user({ url: '/v1/whoami' })).json();
    const url = `/v1/members/${member.id}`;
    expect((await api.user({ method: 'DELETE', url })).json()).toMatchObject({ code: 'LAST_STAFF' });
    const change = await api.user({ method: 'PATCH', url, payload: { role: 'owner' } });
    expect(change.json()).toMatchObject({ statusCode: 409, code: 'LAST_STAFF' });
  });

  test('an owner has no say over staff in its team', async () => {
    const team = await createTeam(api, 'ada');
    const staff = await createMember(api, team, 'staff');
    const owner = api.as((await (await createMember(api, team, 'owner')).token()).secret);
    const removed = await owner({ method: 'DELETE', url: `/v1/members/${staff.id}` });
    expect(removed.json()).toMatchObject({ statusCode: 403, code: 'ROLE_MISSING' });
  });
});

test('a class list makes teams and a link for each student; sent again it leaves alone who has joined', async () => {
  const students = [
    { team: 'ada', name: 'Ada', email: 'ada@example.org', role: 'owner' },
    { team: 'ada', name: 'Bob', email: 'bob@example.org' },
    { team: 'eve', name: 'Eve' },
  ];
  const send = async () => (await post('/v1/class', { students })).json<ClassImported>();
  const first = await send();
  expect(first.teamsCreated).toBe(2);
  const joined = (await joinWith(first.students[0]?.code ?? '')).json<Joined>();
  expect(joined).toMatchObject({ member: { name: 'Ada', role: 'owner' }, team: { name: 'ada' } });
  const second = await send();
  expect(second.teamsCreated).toBe(0);
  expect(second.students.map(({ code }) => code === null)).toEqual([true, false, false]);
  expect((await joinWith(first.students[1]?.code ?? '')).statusCode).toBe(404);
  expect((await joinWith(second.students[1]?.code ?? '')).statusCode).toBe(201);
});

test('every change is written down with who made it; looking is none', async () => {
  const { id } = (await post('/v1/teams', { name: 'ada' })).json();
  await api.user({ method: 'PATCH', url: `/v1/teams/${id}`, payload: { weight: 2, paused: true } });
  await api.user({ method: 'PATCH', url: `/v1/teams/${id}`, payload: { weight: -1 } });
  const { code } = await invite(id);
  const { member } = (await joinWith(code, 'Ada')).json<Joined>();
  const { entries } = (await api.user({ url: '/v1/audit' })).json();
  const me = (await api.user({ url: '/v1/whoami' })).json();
  const mine = { member: me.member.id, token: me.token.id, team: me.team.id };
  expect(entries).toMatchObject([
    { action: 'join', object: member.id, member: null },
    { action: 'createInvite', ...mine },
    { action: 'changeTeam', object: id, statusCode: 200, ...mine },
    { action: 'createTeam', object: id, statusCode: 201, ...mine },
  ]);
  const page = (await api.user({ url: '/v1/audit?limit=1' })).json();
  const next = (await api.user({ url: `/v1/audit?limit=1&cursor=${page.nextCursor}` })).json();
  expect([...page.entries, ...next.entries]).toEqual(entries.slice(0, 2));
});

test('team settings are checked, and names are taken once', async () => {
  const { id } = (await post('/v1/teams', { name: 'ada', weight: 3 })).json();
  expect((await post('/v1/teams', { name: 'ada' })).json()).toMatchObject({ code: 'TEAM_NAME_TAKEN' });
  const change = (payload: object) => api.user({ method: 'PATCH', url: `/v1/teams/${id}`, payload });
  expect((await change({ weight: 0 })).json()).toMatchObject({
    statusCode: 422,
    details: { path: 'weight' },
  });
  expect((await change({ wieght: 1 })).json()).toMatchObject({ statusCode: 422 });
  const changed = await change({ runningLimit: 2, budgetWorkerSeconds: 3600, dueAt: '2026-02-01T00:00:00Z' });
  expect(changed.json()).toMatchObject({
    name: 'ada',
    weight: 3,
    runningLimit: 2,
    budgetWorkerSeconds: 3600,
  });
});
