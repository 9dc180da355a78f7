import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Check, describeChecks } from './check.ts';
import {
  type CheckedPlace,
  checkDataFolder,
  checkNode,
  checkPort,
  checkQueue,
  checkStack,
} from './checks.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'descent-checks-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function place(redisUrl?: string): CheckedPlace {
  const nothing = { url: undefined, token: undefined, dataDir: undefined };
  return {
    dataDir: join(folder, 'data'),
    host: '127.0.0.1',
    port: 7070,
    config: {
      ...nothing,
      redisUrl,
      cores: 2,
      workingDir: folder,
      temporaryDir: folder,
      env: {},
      loginFile: '',
    },
    signal: new AbortController().signal,
  };
}

test('a Node older than 20.15 is missing something', () => {
  expect(['18.20.0', '20.14.9', '20.15.0', '22.1.0'].map((version) => checkNode(version).status)).toEqual([
    'missing',
    'missing',
    'ok',
    'ok',
  ]);
});

test('without Redis the queue is the embedded one, with the reason, and looking leaves nothing behind', async () => {
  expect(await checkQueue(place())).toMatchObject({
    status: 'note',
    found: 'embedded',
    why: expect.stringContaining('js-redis-server'),
  });
  expect(readdirSync(folder)).toEqual([]);
});

test('a REDIS_URL that nobody answers at is missing', async () => {
  expect(await checkQueue(place('redis://127.0.0.1:1'))).toMatchObject({ status: 'missing' });
});

test('a data folder that is not there yet is judged by the folder above it', async () => {
  expect(await checkDataFolder(place())).toMatchObject({
    name: 'data folder',
    status: expect.not.stringMatching('missing'),
  });
  expect(readdirSync(folder)).toEqual([]);
});

test('a port that somebody else has is worth a note', async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  expect(await checkPort({ ...place(), port }, null)).toMatchObject({
    status: 'note',
    why: 'Choose another with --port',
  });
  const stack = {
    url: `http://127.0.0.1:${port}`,
    token: null,
    pid: 1,
    queue: 'redis',
    workers: 1,
    startedAt: '',
  };
  expect(await checkPort({ ...place(), port }, stack)).toMatchObject({ status: 'ok' });
  await new Promise((resolve) => server.close(resolve));
});

test('no running service is a note', async () => {
  expect(await checkStack(place())).toMatchObject({ status: 'note', why: 'Start it with `descent up`' });
});

test('checks are aligned, with reasons below', () => {
  const checks: Check[] = [
    { name: 'a', status: 'ok', found: 'x', why: '' },
    { name: 'long', status: 'missing', found: 'y', why: 'one\ntwo' },
  ];
  expect(describeChecks(checks)).toBe('✓ a     x\n✗ long  y\n        one\n        two');
});
