import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Webhook, WebhookDelivery } from '@descent/contracts';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { runCli } from '../program.ts';

const hook: Webhook = {
  id: 'whk_01JD0000000000000000000000',
  team: 'team_01JD0000000000000000000000',
  job: null,
  url: 'https://hooks.example.org/descent',
  events: ['failed', 'diverged'],
  createdAt: '2026-01-01T00:00:00.000Z',
};
const delivery = (state: WebhookDelivery['state'], status: number | null): WebhookDelivery => ({
  id: 'whd_01JD0000000000000000000000',
  event: 'test',
  job: '',
  state,
  attempts: status === null ? 0 : 1,
  status,
  problem: null,
  createdAt: '2026-01-01T00:00:00.000Z',
});

let server: Server;
let asked: string[];
/** What the list of deliveries is, one look after the other. */
let deliveries: WebhookDelivery[][];

beforeEach(async () => {
  asked = [];
  deliveries = [];
  server = createServer(async (request, response) => {
    let body = '';
    for await (const piece of request) body += piece;
    asked.push(`${request.method} ${request.url} ${body}`.trim());
    const json = (status: number, value: unknown) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
    if (request.url?.endsWith('/deliveries')) return json(200, { deliveries: deliveries.shift() ?? [] });
    if (request.url?.endsWith('/test')) return json(202, hook);
    if (request.method === 'POST') return json(201, { webhook: hook, secret: 'whs_secret' });
    if (request.method === 'DELETE') return response.writeHead(204).end();
    return json(200, { webhooks: [hook] });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
});
afterEach(() => server.close());

async function descent(...argv: string[]) {
  let stdout = '';
  let code = 0;
  const { port } = server.address() as AddressInfo;
  const nothing = { dataDir: undefined, redisUrl: undefined };
  await runCli(argv, {
    config: {
      ...nothing,
      ...{ url: `http://127.0.0.1:${port}`, token: 'dsc_x', cores: 1, env: {} },
      ...{ workingDir: '/nowhere', temporaryDir: '/nowhere', loginFile: '/nowhere/login.json' },
    },
    stdout: { write: (text: string) => (stdout += text) },
    stderr: { write: () => true },
    readLine: async () => '',
    signal: new AbortController().signal,
    forceSignal: new AbortController().signal,
    setExitCode: (given) => {
      code = given;
    },
  });
  return { code, lines: stdout.trimEnd().split('\n') };
}

test('they are listed, added with their ends, and removed', async () => {
  const { lines } = await descent('webhooks', 'ls');
  expect(lines[1]).toBe(`${hook.id}  every job  failed diverged  ${hook.url}`);
  const added = await descent('webhooks', 'add', hook.url, '--event', 'failed', 'diverged');
  expect(added.lines).toEqual([hook.id, 'secret whs_secret']);
  expect(asked.at(-1)).toBe(`POST /v1/webhooks {"url":"${hook.url}","events":["failed","diverged"]}`);
  expect((await descent('webhooks', 'rm', hook.id, '--json')).lines).toEqual([`{"removed":"${hook.id}"}`]);
  expect(asked.at(-1)).toBe(`DELETE /v1/webhooks/${hook.id}`);
});

test('a test waits until the address was asked, and its answer decides about the exit code', async () => {
  deliveries = [[], [delivery('waiting', null)], [delivery('delivered', 204)]];
  expect(await descent('webhooks', 'test', hook.id)).toEqual({
    code: 0,
    lines: ['test delivered: answered 204 (1 attempt)'],
  });
  deliveries = [[], [delivery('waiting', 500)]];
  expect(await descent('webhooks', 'test', hook.id)).toEqual({
    code: 1,
    lines: ['test waiting: answered 500 (1 attempt)'],
  });
});
