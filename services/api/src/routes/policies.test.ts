import { roles, type Scope, scopes } from '@descent/contracts';
import { revokeToken } from '@descent/storage';
import type { InjectOptions, LightMyRequestResponse } from 'fastify';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ObjectKind } from '../http/objects.ts';
import type { Policy } from '../http/policy.ts';
import { type ApiFixture, openApi, serviceToken } from '../testing/api-fixture.ts';
import { createNobodies, type Nobody, nobodies } from '../testing/callers.ts';
import { createMember, createObjects, createTeam, type TestMember } from '../testing/teams.ts';

/**
 * Every route of the server against every kind of caller, made from the routes' own declarations: a new route is tested
 * here without a line being added. Streams are asked for as streams, uploads carry a body.
 */
let api: ApiFixture;
let own: Record<ObjectKind, string>;
let foreign: Record<ObjectKind, string>;
let members: Record<(typeof roles)[number], TestMember>;
let invalid: Record<Nobody, string | undefined>;

beforeAll(async () => {
  api = await openApi({
    limits: {
      requestsPerSecond: 1e6,
      teamRequestsPerSecond: 1e6,
      failedRequestsPerMinute: 1e6,
      submissionsPerMinute: 1e6,
      computationsPerMinute: 1e6,
    },
  });
  const [ours, theirs] = [await createTeam(api, 'ours'), await createTeam(api, 'theirs')];
  own = await createObjects(api, ours);
  foreign = await createObjects(api, theirs);
  members = {
    member: await createMember(api, ours, 'member'),
    owner: await createMember(api, ours, 'owner'),
    staff: await createMember(api, ours, 'staff'),
  };
  invalid = await createNobodies(api, ours);
});
afterAll(() => api.close());

interface Route {
  readonly method: NonNullable<InjectOptions['method']>;
  readonly url: string;
  readonly policy: Policy;
}

/** The HEAD of a GET: one handler, and one declaration. */
const isTwin = (method: string, url: string) =>
  method === 'HEAD' && api.app.routes.some((route) => route.method === 'GET' && route.url === url);

function routes<Access extends Policy['access']>(access: Access) {
  return api.app.routes
    .map(({ method, url, config }) => ({ method, url, policy: config?.policy }) as Route)
    .filter(({ method, url, policy }) => policy.access === access && !isTwin(method, url)) as (Route & {
    policy: Extract<Policy, { access: Access }>;
  })[];
}

const parameters: Record<string, string> = {
  checkpoint: 'ck_1',
  format: 'onnx',
  step: '1',
  hash: 'a'.repeat(64),
};

function send(route: Route, id: string, token: string | undefined, headers: Record<string, string> = {}) {
  const url = route.url.replaceAll(/:(\w+)/g, (_, name: string) =>
    name === 'id' ? id : (parameters[name] ?? 'x'),
  );
  const hasBody = !['GET', 'HEAD', 'DELETE'].includes(route.method);
  return api.app.server.inject({
    method: route.method,
    url,
    ...(hasBody ? { payload: '{}' } : {}),
    headers: {
      ...(hasBody ? { 'content-type': 'application/json' } : {}),
      accept: 'text/event-stream',
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...headers,
    },
  });
}

async function cookieOf(token: string): Promise<string> {
  const answer = await api.app.server.inject({ method: 'POST', url: '/v1/sessions', payload: { token } });
  return String(answer.headers['set-cookie']).split(';')[0] ?? '';
}

const idFor = ({ policy }: Route, of: Record<ObjectKind, string>) =>
  policy.access === 'token' && policy.object !== null ? of[policy.object] : of.job;

/** What answers a HEAD has no body to say why. */
const answer = (response: LightMyRequestResponse) =>
  response.body === '' ? [response.statusCode] : [response.statusCode, response.json().code];
const without = (answer: unknown) => (Array.isArray(answer) ? answer.slice(0, 1) : answer);

/** Every route with its answer, so that a failure names them all at once. */
async function answers(
  all: readonly Route[],
  ask: (route: Route) => Promise<LightMyRequestResponse>,
): Promise<Record<string, unknown>> {
  const named: Record<string, unknown> = {};
  for (const route of all) named[`${route.method} ${route.url}`] = answer(await ask(route));
  return named;
}
const all = (list: readonly Route[], expected: (route: Route) => unknown) =>
  Object.fromEntries(
    list.map((route) => [
      `${route.method} ${route.url}`,
      route.method === 'HEAD' ? without(expected(route)) : expected(route),
    ]),
  );

test('streams, downloads, uploads, metrics and the queue are among them; the gradient channel is in test/conformance', () => {
  const named = [...routes('token'), ...routes('ourProcesses')].map(({ method, url }) => `${method} ${url}`);
  expect(named).toEqual(
    expect.arrayContaining([
      // Server-sent events.
      'GET /v1/jobs/:id/events',
      'GET /v1/jobs/:id/metrics',
      'GET /v1/jobs/:id/weights',
      'GET /v1/jobs/:id/checkpoints/:checkpoint/file',
      'GET /v1/jobs/:id/exports/:format',
      'GET /v1/shards/:hash',
      'GET /internal/artifacts/:hash',
      'PUT /v1/datasets/:id/content',
      'PATCH /v1/datasets/:id/files/:file',
      'HEAD /v1/datasets/:id/files/:file',
      'POST /v1/models',
      'PUT /internal/jobs/:id/checkpoints/:step',
      'GET /metrics',
      'GET /v1/queue',
      'POST /v1/workers/:id/work',
    ]),
  );
});

test('there are routes of each kind', () => {
  expect(routes('token').length).toBeGreaterThan(40);
  expect(routes('ourProcesses').length).toBeGreaterThan(5);
  expect(routes('anybody').map(({ url }) => url)).toEqual(
    expect.arrayContaining(['/healthz', '/readyz', '/v1/join', '/openapi.json']),
  );
});

test.each(nobodies)('who comes %s is answered 401, by our own routes too', async (kind) => {
  const closed = [...routes('token'), ...routes('ourProcesses')];
  const ask = (route: Route) => send(route, idFor(route, own), invalid[kind]);
  expect(await answers(closed, ask)).toEqual(all(closed, () => [401, 'UNAUTHENTICATED']));
});

test('a cookie opens what its token opens, and nothing of our own processes', async () => {
  const cookie = await cookieOf((await members.staff.token(['read'])).secret);
  const headers = { cookie, 'sec-fetch-site': 'same-origin' };
  const closed = [
    ...routes('ourProcesses'),
    ...routes('token').filter(({ policy }) => policy.scope !== 'read'),
  ];
  const refusal = ({ policy }: Route) =>
    policy.access === 'ourProcesses' ? [401, 'UNAUTHENTICATED'] : [403, 'SCOPE_MISSING'];
  expect(await answers(closed, (route) => send(route, idFor(route, own), undefined, headers))).toEqual(
    all(closed, refusal),
  );
});

test('with a cookie every change that another site asks for is answered 403', async () => {
  const cookie = await cookieOf((await members.staff.token()).secret);
  const changes = routes('token').filter(({ method }) => method !== 'GET' && method !== 'HEAD');
  for (const elsewhere of [{ 'sec-fetch-site': 'cross-site' }, { origin: 'http://evil' }, {}]) {
    const ask = (route: Route) => send(route, idFor(route, own), undefined, { cookie, ...elsewhere });
    expect(await answers(changes, ask)).toEqual(all(changes, () => [403, 'CROSS_SITE']));
  }
});

test('a cookie that is no session’s, or of one that has ended, is answered 401', async () => {
  const token = await members.staff.token();
  const ended = await cookieOf(token.secret);
  await revokeToken(api.app.context.db, token.id, new Date(api.time.now).toISOString());
  const closed = [...routes('token'), ...routes('ourProcesses')];
  for (const cookie of [ended, `descent_80=dss_${'0'.repeat(32)}`, 'descent_80=x; a=b']) {
    const headers = { cookie, 'sec-fetch-site': 'same-origin' };
    const ask = (route: Route) => send(route, idFor(route, own), undefined, headers);
    expect(await answers(closed, ask)).toEqual(all(closed, () => [401, 'UNAUTHENTICATED']));
  }
});

test('our own processes have no way through the public routes, nor staff through theirs', async () => {
  const { secret } = await members.staff.token();
  const internal = routes('ourProcesses');
  expect(await answers(internal, (route) => send(route, own.job, secret))).toEqual(
    all(internal, () => [401, 'UNAUTHENTICATED']),
  );
  const open = routes('token');
  expect(await answers(open, (route) => send(route, idFor(route, own), serviceToken))).toEqual(
    all(open, () => [401, 'UNAUTHENTICATED']),
  );
});

test('a worker token opens no route that is not for workers', async () => {
  const { secret } = await members.staff.token(['worker']);
  const list = routes('token').filter(({ policy }) => policy.scope !== 'worker');
  expect(await answers(list, (route) => send(route, idFor(route, own), secret))).toEqual(
    all(list, () => [403, 'SCOPE_MISSING']),
  );
});

test('every scope but the needed one is answered 403', async () => {
  const list = routes('token');
  const without = new Map<Scope, string>();
  for (const scope of scopes) {
    const { secret } = await members.staff.token(scopes.filter((one) => one !== scope));
    without.set(scope, secret);
  }
  const ask = (route: Route) =>
    send(route, idFor(route, own), without.get((route.policy as { scope: Scope }).scope));
  expect(await answers(list, ask)).toEqual(all(list, () => [403, 'SCOPE_MISSING']));
});

test('every role below the needed one is answered 403', async () => {
  for (const role of ['member', 'owner'] as const) {
    const { secret } = await members[role].token([...scopes]);
    const list = routes('token').filter(({ policy }) => roles.indexOf(policy.role) > roles.indexOf(role));
    expect(list.length).toBeGreaterThan(2);
    expect(await answers(list, (route) => send(route, idFor(route, own), secret))).toEqual(
      all(list, () => [403, 'ROLE_MISSING']),
    );
  }
});

test("another team's things are answered like things that do not exist", async () => {
  const { secret } = await members.owner.token([...scopes]);
  const list = routes('token').filter(({ policy }) => policy.object !== null && policy.role !== 'staff');
  expect(list.length).toBeGreaterThan(20);
  for (const route of list) {
    const id = idFor(route, foreign);
    const missing = `${id.slice(0, -26)}${'7'.repeat(26)}`;
    const [theirs, nobodys] = [await send(route, id, secret), await send(route, missing, secret)];
    const name = `${route.method} ${route.url}`;
    expect([name, theirs.statusCode]).toEqual([name, 404]);
    expect(theirs.body).toBe(nobodys.body.replaceAll(missing, id));
  }
});

test("a member's tokens are its own: another member's are answered 404, an owner may revoke them", async () => {
  const others = await (await createMember(api, own.team, 'member')).token();
  const remove = async (secret: string) =>
    (await api.as(secret)({ method: 'DELETE', url: `/v1/tokens/${others.id}` })).statusCode;
  expect(await remove((await members.member.token()).secret)).toBe(404);
  expect(await remove((await members.owner.token()).secret)).toBe(204);
});

test('lists hold nothing of another team, whatever is asked for', async () => {
  const ask = api.as((await members.owner.token()).secret);
  const lists = routes('token').filter(
    ({ method, url, policy }) => method === 'GET' && !url.includes(':') && policy.role !== 'staff',
  );
  expect(lists.length).toBeGreaterThan(4);
  for (const { url } of [
    ...lists,
    { url: `/v1/jobs?cursor=job_${'Z'.repeat(26)}` },
    { url: '/v1/jobs?state=queued&limit=1' },
  ]) {
    const { body } = await ask({ url });
    const leaked = Object.values(foreign).filter((id) => body.includes(id));
    expect([url, leaked]).toEqual([url, []]);
  }
});

test('a job cannot name the data set or the model of another team', async () => {
  const ask = api.as((await members.owner.token()).secret);
  const training = { epochs: 1, batchSize: 1, optimizer: { type: 'sgd', learningRate: 1 } };
  const model = {
    inputs: { x: { shape: [1] } },
    layers: [{ type: 'dense', units: 1 }],
    loss: { type: 'meanSquaredError', labels: 'y' },
  };
  const submit = async (payload: object) =>
    (await ask({ method: 'POST', url: '/v1/jobs', payload: { training, ...payload } })).json();
  // One letter off: a suggestion would give the id away.
  const almost = `${foreign.dataset.slice(0, -1)}${foreign.dataset.endsWith('Z') ? 'Y' : 'Z'}`;
  const refused = await submit({ model, data: { dataset: foreign.dataset } });
  expect(refused).toMatchObject({ statusCode: 422, details: { path: 'data.dataset' } });
  expect(JSON.stringify(await submit({ model, data: { dataset: almost } }))).not.toContain(foreign.dataset);
  expect(
    await submit({ model: { from: foreign.model, loss: model.loss }, data: { dataset: 'builtin:iris' } }),
  ).toMatchObject({ statusCode: 404, code: 'MODEL_NOT_FOUND' });
});

// Some of them start a thread each.
test('the caller a route asks for is let in', async () => {
  const { secret } = await members.staff.token();
  // What removes things comes last.
  const list = [...routes('token')].sort(
    (a, b) => Number(a.method === 'DELETE') - Number(b.method === 'DELETE'),
  );
  const refused = [];
  for (const route of list.filter(({ policy }) => policy.scope !== 'worker')) {
    const { statusCode } = await send(route, idFor(route, own), secret, { accept: 'application/json' });
    if ([401, 403, 500].includes(statusCode)) refused.push(`${route.method} ${route.url}: ${statusCode}`);
  }
  expect(refused).toEqual([]);
}, 60_000);
