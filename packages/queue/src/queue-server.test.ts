import { chmod, mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { chooseQueueServer, planQueueServer } from './queue-server.ts';
import { describeRedis, parseRedisUrl } from './redis-url.ts';
import { readInfo, unsuitable } from './suitability.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'descent-plan-'));
});
afterEach(() => rm(folder, { recursive: true }));

const redisServer = '/usr/bin/redis-server';
const valkeyServer = '/usr/bin/valkey-server';

test.each([
  ['redis://h', { redisServer, valkeyServer }, { kind: 'external', url: 'redis://h' }],
  [undefined, { redisServer, valkeyServer }, { kind: 'redis', binary: redisServer }],
  ['', { valkeyServer }, { kind: 'redis', binary: valkeyServer }],
  [undefined, {}, { kind: 'embedded' }],
])('REDIS_URL %s and %o on the PATH: %o', (redisUrl, onPath, choice) => {
  expect(chooseQueueServer({ redisUrl, onPath })).toEqual(choice);
});

test('a redis-server on the PATH is started on a socket of the user, without a port', async () => {
  const bin = join(folder, 'bin');
  await mkdir(join(bin, 'redis-server'), { recursive: true });
  const other = join(folder, 'other');
  await mkdir(other);
  await writeFile(join(other, 'redis-server'), '');
  await chmod(join(other, 'redis-server'), 0o755);
  const plan = await planQueueServer({ dataDir: folder, redisUrl: undefined, path: `${bin}::${other}` });
  expect(plan).toMatchObject({
    kind: 'redis',
    command: join(other, 'redis-server'),
    url: `unix:${folder}/queue/queue.sock`,
  });
  expect(plan.args.join(' ')).toContain(
    `--port 0 --unixsocket ${folder}/queue/queue.sock --unixsocketperm 600`,
  );
  expect((await stat(join(folder, 'queue'))).mode & 0o777).toBe(0o700);
});

test('a data folder with a long name gets its socket elsewhere', async () => {
  const dataDir = join(folder, 'x'.repeat(120));
  const plan = await planQueueServer({ dataDir, redisUrl: undefined, path: undefined });
  expect(plan.kind).toBe('embedded');
  expect(Buffer.byteLength(plan.url.slice('unix:'.length))).toBeLessThanOrEqual(107);
  await rm(join(plan.url.slice('unix:'.length), '..'), { recursive: true });
});

test('the note on an external Redis holds no password', async () => {
  const redisUrl = 'rediss://user:s3cret@example.org:6380/2';
  const plan = await planQueueServer({ dataDir: folder, redisUrl, path: undefined });
  expect(plan).toEqual({
    kind: 'external',
    url: redisUrl,
    command: null,
    args: [],
    note: 'queue: rediss://example.org:6380, because REDIS_URL is set',
  });
});

test.each([
  ['redis://h', { host: 'h', port: 6379 }],
  ['redis://u:p%40@[::1]:1/3', { host: '::1', port: 1, username: 'u', password: 'p@', db: 3 }],
  ['rediss://h:2', { host: 'h', port: 2, tls: {} }],
  ['unix:/a/b', { path: '/a/b' }],
])('%s is read as %o', (url, target) => {
  expect(parseRedisUrl(url)).toEqual(target);
});

test.each(['', 's3cret', 'http://u:s3cret@h', 'redis://u:s3cret@h/db', 'unix:s3cret'])(
  '%j is refused without being repeated',
  (url) => {
    expect(() => parseRedisUrl(url)).toThrow(expect.objectContaining({ code: 'QUEUE_URL_INVALID' }));
    expect(() => parseRedisUrl(url)).not.toThrow('s3cret');
  },
);

test('a description has brackets around IPv6', () => {
  expect(describeRedis(parseRedisUrl('redis://:pw@[::1]:7'))).toBe('redis://[::1]:7');
});

test.each([
  ['redis_version:7.0.15\r\nmaxmemory_policy:noeviction\r\n', null],
  ['redis_version:6.2.0\r\n', null],
  ['redis_version:7.2.4\r\nvalkey_version:8.0.1\r\nmaxmemory_policy:noeviction\r\n', null],
  ['redis_version:6.0.16\r\n', 'Redis 6.0.16 is too old; 6.2.0 or newer is needed'],
  ['no such thing', 'Redis unknown is too old; 6.2.0 or newer is needed'],
  [
    'redis_version:7.0.15\r\nmaxmemory_policy:allkeys-lru\r\n',
    'its maxmemory-policy is allkeys-lru, under which it may drop jobs; noeviction is needed',
  ],
])('a server that says %j is judged: %s', (info, verdict) => {
  expect(unsuitable(readInfo(info))).toBe(verdict);
});
