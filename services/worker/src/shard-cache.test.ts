import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ArtifactSource } from '@descent/datasets';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createShardCache, type ShardCacheOptions } from './shard-cache.ts';

const shard = Buffer.from('the bytes of a shard');
const hash = createHash('sha256').update(shard).digest('hex');
const serviceToken = 'a token of enough length';

let folder: string;
let server: Server;
let requests: Pick<IncomingMessage, 'url' | 'headers'>[];
/** Other shards that the api has, by hash. */
const bodies = new Map<string, Uint8Array>();
/** What the api answers. */
let answer: { readonly status: number; readonly body: Uint8Array };
let cache: ArtifactSource;
let apiUrl: string;

const open = (more: Partial<ShardCacheOptions> = {}) =>
  createShardCache({
    url: (hash) => `${apiUrl}/internal/artifacts/${hash}`,
    token: serviceToken,
    folder,
    diskBytes: 1000,
    memoryBytes: 1000,
    ...more,
  });

beforeEach(async () => {
  folder = join(await mkdtemp(join(tmpdir(), 'shard-cache-')), 'shards');
  requests = [];
  answer = { status: 200, body: shard };
  server = createServer(({ url, headers }, response) => {
    requests.push({ url, headers });
    const body = bodies.get(url!.split('/').at(-1)!) ?? answer.body;
    response.writeHead(answer.status).end(body);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  apiUrl = `http://127.0.0.1:${port}`;
  cache = open({ memoryBytes: 0 });
});

const closeServer = () =>
  new Promise<void>((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });

afterEach(async () => {
  await closeServer();
  await rm(join(folder, '..'), { recursive: true });
});

const get = async () => Buffer.from(await cache.get(hash)).toString();

test('a shard is asked for by its hash, with the service token', async () => {
  expect(await get()).toBe('the bytes of a shard');
  expect(requests.map(({ url }) => url)).toEqual([`/internal/artifacts/${hash}`]);
  expect(requests[0]!.headers.authorization).toBe(`Bearer ${serviceToken}`);
});

test('a shard that was fetched once comes from the disk, also to the next process', async () => {
  await get();
  await closeServer();
  expect(await get()).toBe('the bytes of a shard');
  const other = open({ url: (hash) => `http://127.0.0.1:1/${hash}` });
  expect(Buffer.from(await other.get(hash)).toString()).toBe('the bytes of a shard');
  expect(requests.length).toBe(1);
  expect(await readdir(folder)).toEqual([hash]);
});

test('a shard that was damaged on the disk is fetched again and mended', async () => {
  await get();
  await writeFile(join(folder, hash), 'the bytes of a shar');
  expect(await get()).toBe('the bytes of a shard');
  expect(requests.length).toBe(2);
  expect(await readFile(join(folder, hash), 'utf8')).toBe('the bytes of a shard');
});

test('bytes of another hash are refused and not kept', async () => {
  answer = { status: 200, body: Buffer.from('other bytes') };
  await expect(get()).rejects.toMatchObject({
    code: 'UNAVAILABLE',
    message: `An undamaged copy of shard ${hash} cannot be reached`,
  });
  answer = { status: 200, body: shard };
  expect(await get()).toBe('the bytes of a shard');
  expect(await readdir(folder)).toEqual([hash]);
});

test('an api that refuses is unavailable, with the status that it gave', async () => {
  answer = { status: 404, body: Buffer.from('{}') };
  await expect(get()).rejects.toMatchObject({
    code: 'UNAVAILABLE',
    details: { part: `Shard ${hash}`, status: 404 },
  });
});

test('an api that cannot be reached is unavailable, with the cause', async () => {
  await closeServer();
  await expect(get()).rejects.toMatchObject({
    code: 'UNAVAILABLE',
    message: 'The api cannot be reached',
    cause: expect.any(Error),
  });
});

test('a folder that cannot be written costs the copy and not the job its data', async () => {
  await writeFile(folder, 'a file stands where the folder belongs');
  expect(await get()).toBe('the bytes of a shard');
  expect(await get()).toBe('the bytes of a shard');
  expect(requests.length).toBe(2);
});

/** Shards of 400 bytes each. */
function shards(count: number): string[] {
  return Array.from({ length: count }, (_, index) => {
    const body = Buffer.alloc(400, index);
    const name = createHash('sha256').update(body).digest('hex');
    bodies.set(name, body);
    return name;
  });
}

test('a shard stays in memory until others need the room, the one used longest ago first', async () => {
  const [a, b, c] = shards(3);
  const held = open({ diskBytes: 0 });
  for (const name of [a, b, a, c]) await held.get(name!);
  expect(requests.length).toBe(3);
  await held.get(a!);
  await held.get(c!);
  expect(requests.length).toBe(3);
  await held.get(b!);
  expect(requests.length).toBe(4);
});

test('those who ask at once share one fetch', async () => {
  const [a] = shards(1);
  await Promise.all([cache.get(a!), cache.get(a!), cache.get(a!)]);
  expect(requests.length).toBe(1);
});

test('the folder keeps to its size, and what was used longest ago goes first', async () => {
  const [a, b, c] = shards(3);
  await cache.get(a!);
  await cache.get(b!);
  const before = new Date(Date.now() - 60_000);
  await utimes(join(folder, b!), before, before);
  await cache.get(c!);
  expect((await readdir(folder)).sort()).toEqual([a!, c!].sort());
});
