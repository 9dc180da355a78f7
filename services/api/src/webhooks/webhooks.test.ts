import { createHmac } from 'node:crypto';
import { createServer, type IncomingMessage, request, type Server } from 'node:http';
import type { AddressInfo, LookupFunction } from 'node:net';
import type { WebhookCreated, WebhookDelivery } from '@descent/contracts';
import { findJob } from '@descent/storage';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { World } from '../datasets/fetch-file.ts';
import { type ApiFixture, openApi } from '../testing/api-fixture.ts';
import { createMember, createTeam } from '../testing/teams.ts';
import { announceEnd } from './announce-end.ts';
import { type Deliveries, startDeliveries } from './deliveries.ts';

let api: ApiFixture;
let server: Server;
let answers: (incoming: IncomingMessage) => number;
let received: { headers: IncomingMessage['headers']; body: string }[];
let deliveries: Deliveries;

beforeEach(async () => {
  api = await openApi({ limits: { webhookHosts: ['*.example'] } });
  received = [];
  answers = () => 204;
  server = createServer(async (incoming, outgoing) => {
    let body = '';
    for await (const piece of incoming) body += piece;
    received.push({ headers: incoming.headers, body });
    outgoing.writeHead(answers(incoming), { location: 'https://other.example/' }).end();
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  deliveries = startDeliveries(api.app.context, { world: world(), ticks: false });
});
afterEach(async () => {
  await deliveries.close();
  server.close();
  await api.close();
});

/** https names lead to the test's server, but for `inside.example`, which is at a private address. */
function world(): World {
  const { port } = server.address() as AddressInfo;
  return {
    request: ((url: URL, ...rest: [object, (answer: IncomingMessage) => void]) =>
      request(`http://${url.hostname}:${port}${url.pathname}`, ...rest)) as World['request'],
    protocol: 'https:',
    lookUp: ((host: string, _options: object, done: (error: null, found: object[]) => void) =>
      done(null, [
        { address: host.startsWith('inside') ? '10.0.0.7' : '127.0.0.1', family: 4 },
      ])) as LookupFunction,
    isAllowed: (address) => address === '127.0.0.1',
  };
}

const create = async (order: object = {}, ask = api.user) =>
  ask({ method: 'POST', url: '/v1/webhooks', payload: { url: 'https://hooks.example/descent', ...order } });
const made = async (order: object = {}) => (await create(order)).json<WebhookCreated>();
const log = async (id: string) =>
  (await api.user({ url: `/v1/webhooks/${id}/deliveries` })).json<{ deliveries: WebhookDelivery[] }>()
    .deliveries;
async function endJob(): Promise<string> {
  const { id } = await api.storedJob();
  await api.user({ method: 'POST', url: `/v1/jobs/${id}/cancel` });
  return id;
}

test('the end of a job is told, signed, once', async () => {
  const { webhook, secret } = await made();
  const job = await endJob();
  await Promise.all([
    deliveries.look(),
    startDeliveries(api.app.context, { world: world(), ticks: false }).look(),
  ]);
  await deliveries.look();
  expect(received).toHaveLength(1);
  const { headers, body } = received[0] ?? { headers: {}, body: '' };
  const [, seconds, given] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(String(headers['x-descent-signature'])) ?? [];
  expect(given).toBe(createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex'));
  expect(Number(seconds)).toBe(Math.floor(api.time.now / 1000));
  expect(JSON.parse(body)).toMatchObject({
    event: 'cancelled',
    job: { id: job, name: 'example', state: 'cancelled' },
  });
  expect(headers).toMatchObject({ 'x-descent-event': 'cancelled', 'content-type': 'application/json' });
  expect(await log(webhook.id)).toMatchObject([
    { id: headers['x-descent-delivery'], state: 'delivered', attempts: 1, status: 204, problem: null, job },
  ]);
  const listed = await api.user({ url: '/v1/webhooks' });
  expect(listed.json()).toEqual({ webhooks: [webhook] });
  expect(listed.body).not.toContain(secret);
});

test('an address that fails is asked again, later and later, with the same delivery, and given up', async () => {
  const { webhook } = await made();
  await endJob();
  answers = () => 500;
  for (const pauseMs of [10_000, 60_000, 300_000, 1_800_000, 7_200_000]) {
    await deliveries.look();
    const before = received.length;
    api.time.now += pauseMs - 1;
    await deliveries.look();
    expect(received).toHaveLength(before);
    api.time.now += 1;
  }
  await deliveries.look();
  api.time.now += 1e9;
  await deliveries.look();
  expect(received).toHaveLength(6);
  expect(new Set(received.map(({ body }) => body)).size).toBe(1);
  expect(await log(webhook.id)).toMatchObject([
    { state: 'failed', attempts: 6, status: 500, problem: 'it answered 500' },
  ]);
});

test('one that comes back gets what it missed', async () => {
  const { webhook } = await made();
  await endJob();
  answers = () => 503;
  await deliveries.look();
  answers = () => 200;
  api.time.now += 10_000;
  await deliveries.look();
  expect(await log(webhook.id)).toMatchObject([{ state: 'delivered', attempts: 2, problem: null }]);
});

test.each([
  ['https://inside.example/', 'inside.example is at 10.0.0.7, which is not public'],
  ['https://hooks.example/moved', 'it answered 302'],
])('%s is not followed to where it may not lead', async (url, problem) => {
  const { webhook } = await made({ url });
  answers = () => 302;
  await endJob();
  await deliveries.look();
  expect((await log(webhook.id))[0]).toMatchObject({ state: 'waiting', problem });
  expect(received.length).toBe(url.includes('inside') ? 0 : 1);
});

test('a webhook hears of its own job and its own events alone', async () => {
  const [mine, other] = [await api.storedJob(), await api.storedJob()];
  const { webhook } = await made({ job: mine.id, events: ['diverged'] });
  const { db } = api.app.context;
  const end = async (id: string, code: string | null) => {
    const job = await findJob(db, id);
    if (job === null) throw new Error('no job');
    const error = code === null ? null : { code, message: '', details: {}, advice: '' };
    await announceEnd(db, { ...job, state: code === null ? 'succeeded' : 'failed', error }, api.time.now);
  };
  await end(mine.id, null);
  await end(mine.id, 'JOB_FAILED');
  await end(other.id, 'JOB_DIVERGED');
  expect(await log(webhook.id)).toEqual([]);
  await end(mine.id, 'JOB_DIVERGED');
  expect(await log(webhook.id)).toMatchObject([{ event: 'diverged', job: mine.id }]);
});

test('a test can be sent, and a webhook that is deleted takes its deliveries along', async () => {
  const { webhook } = await made();
  expect((await api.user({ method: 'POST', url: `/v1/webhooks/${webhook.id}/test` })).statusCode).toBe(202);
  await deliveries.look();
  expect(JSON.parse(received[0]?.body ?? '')).toMatchObject({ event: 'test', job: null });
  await endJob();
  expect((await api.user({ method: 'DELETE', url: `/v1/webhooks/${webhook.id}` })).statusCode).toBe(204);
  await deliveries.look();
  expect(received).toHaveLength(1);
  expect((await api.user({ url: `/v1/webhooks/${webhook.id}/deliveries` })).json()).toMatchObject({
    code: 'WEBHOOK_NOT_FOUND',
  });
});

test.each([
  ['http://hooks.example/', 'only https: addresses are fetched'],
  ['https://hooks.other/', 'host hooks.other is not among those that staff allow'],
  ['https://u:p@hooks.example/', 'it carries a password'],
  ['nonsense', 'it is not an address'],
])('%s is refused', async (url, problem) => {
  expect((await create({ url })).json()).toMatchObject({
    statusCode: 422,
    details: { path: 'url', problem },
  });
});

test('a member makes one for a job of the team, an owner for all, nobody for another team', async () => {
  const [ours, theirs] = [await createTeam(api, 'ours'), await createTeam(api, 'theirs')];
  const ask = async (role: 'member' | 'owner') =>
    api.as((await (await createMember(api, ours, role)).token()).secret);
  const [member, owner] = [await ask('member'), await ask('owner')];
  const [own, foreign] = [await api.storedJob(ours), await api.storedJob(theirs)];
  expect((await create({}, member)).json()).toMatchObject({ statusCode: 403, code: 'ROLE_MISSING' });
  expect((await create({ job: foreign.id }, owner)).json()).toMatchObject({ code: 'JOB_NOT_FOUND' });
  expect((await create({ job: own.id }, member)).json()).toMatchObject({
    webhook: { team: ours, job: own.id },
  });
  const { webhook } = (await create({}, owner)).json<WebhookCreated>();
  const remove = { method: 'DELETE' as const, url: `/v1/webhooks/${webhook.id}` };
  expect((await member(remove)).json()).toMatchObject({ code: 'ROLE_MISSING' });
  expect((await owner(remove)).statusCode).toBe(204);
});

test('without hosts that staff allow there are no webhooks', async () => {
  const closed = await openApi();
  try {
    const answer = await create({}, closed.user);
    expect(answer.json().details.problem).toContain('DESCENT_WEBHOOK_URL_HOSTS');
  } finally {
    await closed.close();
  }
});
