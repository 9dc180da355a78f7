import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ArtifactSource } from '@descent/datasets';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createShardCache } from './shard-cache.ts';

const shard = Buffer.from('the bytes of a shard');
const hash = createHash('sha256').update(shard).digest('hex');
const serviceToken = 'a token of enough length';

let folder: string;
let server: Server;
let requests: Pick<IncomingMessage, 'url' | 'headers'>[];
/** What the api answers. */
let answer: { readonly status: number; readonly body: Uint8Array };
let cache: ArtifactSource;

beforeEach(async () => {
  folder = join(await mkdtemp(join(tmpdir(), 'shard-cache-')), 'shards');
  requests = [];
  answer = { status: 200, body: shard };
  server = createServer(({ url, headers }, response) => {
    requests.push({ url, headers });
    response.writeHead(answer.status).end(answer.body);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  cache = createShardCache({ apiUrl: `http://127.0.0.1:${port}`, serviceToken, folder });
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
  const other = createShardCache({ apiUrl: 'http://127.0.0.1:1', serviceToken, folder });
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
