import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createServer, request, type Server } from 'node:http';
import type { AddressInfo, LookupFunction } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DescentError } from '@descent/errors';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { fetchFile, type World } from './fetch-file.ts';
import { isPublicAddress } from './public-address.ts';

let folder: string;
let server: Server;
let port: number;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'descent-fetch-'));
  server = createServer((incoming, outgoing) => {
    const { url = '' } = incoming;
    if (url.startsWith('/data')) outgoing.end('a,b\n1,2\n');
    else if (url === '/named') {
      outgoing.setHeader('content-disposition', 'attachment; filename="wine.csv"').end('x\n1\n');
    } else if (url === '/endless') outgoing.write(Buffer.alloc(100_000));
    else if (url === '/missing') outgoing.writeHead(404).end();
    else outgoing.writeHead(302, { location: decodeURIComponent(url.slice(1)) }).end();
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  port = (server.address() as AddressInfo).port;
});
afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await rm(folder, { recursive: true, force: true });
});

/** Names of this world: every one is at the test's server, but for `inside.example`, which is at a private address. */
const world = (): World => ({
  request: request as World['request'],
  protocol: 'http:',
  lookUp: ((host: string, _options: object, done: (error: null, found: object[]) => void) =>
    done(null, [
      { address: host.startsWith('inside') ? '10.0.0.7' : '127.0.0.1', family: 4 },
    ])) as LookupFunction,
  isAllowed: (address) => address === '127.0.0.1',
});

const fetched = (route: string, host = 'data.example', hosts = ['*']) =>
  fetchFile(`http://${host}:${port}/${route}`, folder, {
    hosts,
    limitBytes: 1000,
    limitMs: 5000,
    world: world(),
  });

async function failure(call: Promise<unknown>): Promise<string> {
  try {
    await call;
  } catch (error) {
    if (error instanceof DescentError)
      return `${error.code}: ${error.message.replaceAll(String(port), 'PORT')}`;
    throw error;
  }
  throw new Error('it was fetched');
}

test('a file is fetched by its name, or the one its server gives', async () => {
  const file = await fetched('data.csv?key=secret');
  expect(file.name).toBe('data.csv');
  expect(await readFile(file.path, 'utf8')).toBe('a,b\n1,2\n');
  await rm(file.path);
  expect((await fetched('named')).name).toBe('wine.csv');
});

test('redirects are followed and held to the same rules', async () => {
  const to = (target: string) => fetched(encodeURIComponent(target));
  expect((await to(`http://other.example:${port}/data.csv`)).name).toBe('data.csv');
  expect(await failure(to(`http://inside.example:${port}/data.csv`))).toBe(
    'URL_REFUSED: http://inside.example:PORT/data.csv is not fetched: inside.example is at 10.0.0.7, which is not public',
  );
  expect(await failure(to(`http://10.0.0.7:${port}/data.csv`))).toContain('10.0.0.7 is not a public address');
  expect(await failure(to('file:///etc/passwd'))).toContain('only http: addresses are fetched');
  expect(await failure(fetched(encodeURIComponent('/%2f'.repeat(1))))).toMatch(/^URL_/);
});

test.each([
  ['http://data.example:PORT/data.csv', ['data.example'], null],
  ['http://data.example:PORT/data.csv', ['*.example'], null],
  ['http://data.example:PORT/data.csv', ['example'], 'host data.example is not among those that staff allow'],
  ['http://data.example:PORT/data.csv', [], 'this server fetches nothing'],
  ['http://user:word@data.example/x', ['*'], 'it carries a password'],
  ['http://0x7f.1:PORT/data.csv', ['data.example'], 'host 127.0.0.1 is not among those that staff allow'],
  ['http://2130706434/', ['*'], '127.0.0.2 is not a public address'],
  ['http://0177.0.0.2/', ['*'], '127.0.0.2 is not a public address'],
  ['http://[::ffff:127.0.0.1]/', ['*'], '::ffff:7f00:1 is not a public address'],
  ['nonsense', ['*'], 'it is not an address'],
])('%s with %j', async (url, hosts, problem) => {
  const call = fetchFile(url.replace('PORT', String(port)), folder, {
    hosts,
    limitBytes: 1000,
    world: world(),
  });
  if (problem === null) expect((await call).name).toBe('data.csv');
  else expect(await failure(call)).toContain(problem);
});

test('what is too long, missing or broken off leaves nothing', async () => {
  expect(await failure(fetched('missing'))).toBe(
    'URL_FETCH_FAILED: http://data.example:PORT/missing cannot be fetched: it answers with status 404',
  );
  expect(await failure(fetched('endless'))).toContain('REQUEST_TOO_LARGE');
  expect((await readdir(folder)).length).toBeLessThanOrEqual(1);
});

test.each([
  ['93.184.216.34', true],
  ['2606:2800:220:1::1', true],
  ['127.0.0.1', false],
  ['10.1.2.3', false],
  ['172.31.255.255', false],
  ['172.32.0.1', true],
  ['169.254.169.254', false],
  ['100.64.0.1', false],
  ['0.0.0.0', false],
  ['255.255.255.255', false],
  ['::1', false],
  ['::', false],
  ['fe80::1', false],
  ['fd00::1', false],
  ['::ffff:8.8.8.8', false],
  ['64:ff9b::a00:1', false],
  ['2002:a00:1::', false],
  ['2001:db8::1', false],
  ['localhost', false],
])('%s is public: %s', (address, expected) => {
  expect(isPublicAddress(address)).toBe(expected);
});
