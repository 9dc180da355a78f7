import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { connectQueue, gradientQueueId, type QueueConnection } from './connect-queue.ts';
import type { QueueLogger } from './logger.ts';
import { planQueueServer } from './queue-server.ts';
import { parseRedisUrl } from './redis-url.ts';
import { Server, Stream } from './testing/server.ts';
import { waitUntilReady } from './wait-until-ready.ts';

const job = (digit: number | string) => `job_${String(digit).padStart(26, '0')}`;
const gradient = (serial: number) => ({
  jobId: job(1),
  incarnation: 2,
  serial,
  address: 'unix:/x',
  lease: 's3cret',
});
const hasRedis =
  (await planQueueServer({ dataDir: tmpdir(), redisUrl: undefined, path: process.env.PATH })).kind ===
  'redis';

const open: QueueConnection[] = [];
const logs = new Stream<string>();
const log = (_: object, message: string): void => logs.push(message);
const logger: QueueLogger = { info: log, warn: log, error: log };

async function connect(server: Server, options: { prefix?: string; logger?: QueueLogger } = {}) {
  const prefix = `test-${randomBytes(6).toString('hex')}`;
  const queue = await connectQueue({ url: server.plan.url, prefix, ...options });
  open.push(queue);
  return queue;
}

afterEach(() => Promise.all(open.splice(0).map((queue) => queue.close())));

const kinds = [
  { kind: 'embedded', path: undefined, isHere: true },
  { kind: 'redis', path: process.env.PATH, isHere: hasRedis },
] as const;

describe.each(kinds)('on the $kind server', ({ kind, path, isHere }) => {
  describe.skipIf(!isHere)(isHere ? 'a queue' : 'a queue (no redis-server on the PATH)', () => {
    let server: Server;
    beforeAll(async () => {
      server = await Server.start(path);
      expect(server.plan.kind).toBe(kind);
    });
    afterAll(() => server.remove());

    test('delivers what was added, and forgets it when it is done', async () => {
      const { gradients } = await connect(server);
      const id = gradientQueueId(gradient(7));
      expect(id).toBe(`${job(1)}-2-7`);
      await gradients.add(id, gradient(7));
      expect([...(await gradients.has([id, 'other']))]).toEqual([[id, 'waiting']]);
      const started = new Stream<unknown>();
      const finish = new Stream<void>();
      const consumer = gradients.consume(async (payload, context) => {
        started.push([payload, context.id]);
        await finish.next();
      });
      expect(await started.next()).toEqual([gradient(7), id]);
      expect([...(await gradients.has([id]))]).toEqual([[id, 'active']]);
      expect([consumer.active, await gradients.counts()]).toEqual([1, { waiting: 0, active: 1 }]);
      finish.push();
      await consumer.close({ graceMs: 5_000 });
      expect(await gradients.counts()).toEqual({ waiting: 0, active: 0 });
      expect((await gradients.has([id])).size).toBe(0);
    });

    test('takes an id once while it waits, and again when it is done', async () => {
      const { training } = await connect(server);
      await training.add(job(1), { jobId: job(1) });
      await training.add(job(1), { jobId: job(2) });
      expect(await training.counts()).toEqual({ waiting: 1, active: 0 });
      const seen = new Stream<string>();
      training.consume(async ({ jobId }) => seen.push(jobId));
      expect(await seen.next()).toBe(job(1));
      while ((await training.has([job(1)])).size > 0);
      await training.add(job(1), { jobId: job(3) });
      expect(await seen.next()).toBe(job(3));
    });

    test('delivers by priority, then in order', async () => {
      const { gradients } = await connect(server);
      const priorities = [500, 3, 2 ** 40, 3, 0, 0.4];
      for (const [serial, priority] of priorities.entries()) {
        await gradients.add(String(`g${serial}`), gradient(serial), { priority });
      }
      const seen = new Stream<number>();
      gradients.consume(async ({ serial }) => seen.push(serial));
      const order: number[] = [];
      while (order.length < priorities.length) order.push(await seen.next());
      expect(order).toEqual([4, 5, 1, 3, 0, 2]);
    });

    test('removes what waits and leaves what runs', async () => {
      const { training } = await connect(server);
      const started = new Stream<void>();
      const finish = new Stream<void>();
      training.consume(async () => {
        started.push();
        await finish.next();
      });
      await training.add(job(1), { jobId: job(1) });
      await started.next();
      await training.add(job(2), { jobId: job(2) });
      expect(await training.remove([job(1), job(2), job(3)])).toBe(1);
      expect([...(await training.has([job(1), job(2)]))]).toEqual([[job(1), 'active']]);
      finish.push();
    });

    test('keeps installations with different prefixes apart', async () => {
      const [one, two] = [await connect(server), await connect(server)];
      await one.training.add(job(1), { jobId: job(1) });
      expect(await two.training.counts()).toEqual({ waiting: 0, active: 0 });
    });

    test('refuses a payload that is not ours at both ends, naming the field and no secret', async () => {
      const prefix = `test-${randomBytes(6).toString('hex')}`;
      const { gradients } = await connect(server, { prefix, logger });
      const bad = { ...gradient(1), serial: -1 };
      await expect(gradients.add('bad', bad)).rejects.toMatchObject({
        code: 'QUEUE_PAYLOAD_INVALID',
        message: 'A job of the gradients queue is not one of ours: its payload is wrong at serial',
      });
      await gradients.add('good', gradient(2));
      const foreign = new Redis(parseRedisUrl(server.plan.url));
      await foreign.hset(`${prefix}:gradients:good`, 'data', JSON.stringify({ ...gradient(2), lease: 1 }));
      foreign.disconnect();
      const seen = new Stream<number>();
      gradients.consume(async ({ serial }) => seen.push(serial));
      expect(await logs.next()).toBe('a queue job failed');
      await gradients.add('next', gradient(3));
      expect(await seen.next()).toBe(3);
    });

    test('goes on after a handler that fails', async () => {
      const { training } = await connect(server);
      const seen = new Stream<string>();
      training.consume(async ({ jobId }) => {
        seen.push(jobId);
        throw new Error('no');
      });
      await training.add(job(1), { jobId: job(1) });
      await training.add(job(2), { jobId: job(2) });
      expect([await seen.next(), await seen.next()]).toEqual([job(1), job(2)]);
    });

    test('runs as many handlers at once as it may', async () => {
      const { training } = await connect(server);
      const started = new Stream<string>();
      const finish = new Stream<void>();
      const consumer = training.consume(
        async ({ jobId }) => {
          started.push(jobId);
          await finish.next();
        },
        { concurrency: 2 },
      );
      for (const digit of [1, 2, 3]) await training.add(job(digit), { jobId: job(digit) });
      await started.next();
      await started.next();
      expect([consumer.active, await training.counts()]).toEqual([2, { waiting: 1, active: 2 }]);
      finish.push();
      expect(await started.next()).toBe(job(3));
      finish.push();
      finish.push();
    });

    test('takes nothing while it is paused', async () => {
      const { training } = await connect(server);
      const seen = new Stream<string>();
      const consumer = training.consume(async ({ jobId }) => seen.push(jobId));
      await training.add(job(1), { jobId: job(1) });
      await seen.next();
      consumer.pause();
      consumer.resume();
      await training.add(job(2), { jobId: job(2) });
      expect(await seen.next()).toBe(job(2));
    });

    test('closing aborts a handler when its grace is over', async () => {
      const { training } = await connect(server);
      const started = new Stream<void>();
      let reason: unknown;
      const consumer = training.consume(async (_, { signal }) => {
        started.push();
        await once(signal, 'abort');
        reason = signal.reason;
      });
      await training.add(job(1), { jobId: job(1) });
      await started.next();
      await consumer.close({ graceMs: 10 });
      expect([consumer.active, (reason as Error).name]).toEqual([0, 'AbortError']);
      expect(await training.counts()).toEqual({ waiting: 0, active: 0 });
    });
  });

  describe.skipIf(!isHere)('an outage', () => {
    test('is survived: Redis killed and started again without its data', async () => {
      const server = await Server.start(path);
      const queue = await connect(server, { logger });
      const { training } = queue;
      const seen = new Stream<string>();
      const finish = new Stream<void>();
      const consumer = training.consume(async ({ jobId }) => {
        seen.push(jobId);
        await finish.next();
      });
      await training.add(job(1), { jobId: job(1) });
      await seen.next();

      await server.kill();
      expect(await logs.next()).toMatch(/^queue unreachable/);
      const asked = performance.now();
      await expect(training.add(job(2), { jobId: job(2) })).rejects.toMatchObject({
        code: 'QUEUE_UNREACHABLE',
        entry: { retryable: true },
      });
      await expect(training.has([job(2)])).rejects.toMatchObject({ code: 'QUEUE_UNREACHABLE' });
      await expect(training.counts()).rejects.toMatchObject({ code: 'QUEUE_UNREACHABLE' });
      await expect(queue.ping()).rejects.toMatchObject({ code: 'QUEUE_UNREACHABLE' });
      expect(performance.now() - asked).toBeLessThan(3_000);

      // Longer than a blocked fetch and BullMQ's watchdog over it: only then the fetch gets stuck.
      await delay(3_500);
      await server.forgetEverything();
      await server.run();
      expect(await logs.next()).toMatch(/^queue back after \d/);
      const back = performance.now();
      await training.add(job(3), { jobId: job(3) });
      await training.add(job(4), { jobId: job(4) });
      expect(consumer.active).toBe(1);
      finish.push();
      const next = [await seen.next()];
      expect(performance.now() - back).toBeLessThan(5_000);
      finish.push();
      next.push(await seen.next());
      finish.push();
      expect(next).toEqual([job(3), job(4)]);
      await queue.close();
      await server.remove();
    });

    test('is survived by consumers that stood idle in a blocked fetch', async () => {
      const server = await Server.start(path);
      const queue = await connect(server, { logger });
      const seen = new Stream<string>();
      queue.training.consume(async ({ jobId }) => seen.push(jobId));
      queue.gradients.consume(async ({ jobId, serial }) =>
        seen.push(gradientQueueId({ jobId, incarnation: 1, serial })),
      );
      await queue.training.add(job(1), { jobId: job(1) });
      await seen.next();
      await server.kill();
      expect(await logs.next()).toMatch(/^queue unreachable/);
      await delay(3_500);
      await server.forgetEverything();
      await server.run();
      expect(await logs.next()).toMatch(/^queue back after/);
      const back = performance.now();
      await queue.training.add(job(2), { jobId: job(2) });
      await queue.gradients.add('g', gradient(3));
      expect(new Set([await seen.next(), await seen.next()])).toEqual(new Set([job(2), `${job(1)}-1-3`]));
      expect(performance.now() - back).toBeLessThan(5_000);
      await queue.close();
      await server.remove();
    });

    test('does not keep a consumer from closing', async () => {
      const server = await Server.start(path);
      const queue = await connect(server);
      const started = new Stream<void>();
      queue.training.consume(async (_, { signal }) => {
        started.push();
        await once(signal, 'abort');
      });
      await queue.training.add(job(1), { jobId: job(1) });
      await started.next();
      await server.kill();
      await queue.close();
      await server.remove();
    });
  });
});

test.skipIf(!hasRedis)('a Redis that may drop jobs is refused', async () => {
  const server = await Server.start(process.env.PATH);
  const admin = new Redis(parseRedisUrl(server.plan.url));
  await admin.config('SET', 'maxmemory-policy', 'allkeys-lru');
  await expect(connect(server)).rejects.toMatchObject({
    code: 'QUEUE_UNSUITABLE',
    message: expect.stringContaining('maxmemory-policy is allkeys-lru'),
  });
  await admin.config('SET', 'maxmemory-policy', 'noeviction');
  await admin.config('SET', 'requirepass', 'other');
  admin.disconnect();
  await expect(connect(server)).rejects.toMatchObject({ code: 'QUEUE_UNSUITABLE' });
  await expect(waitUntilReady(server.plan.url)).rejects.toMatchObject({ code: 'QUEUE_UNSUITABLE' });
  await server.remove();
});

test('a queue that is not there is reported within the time given for it', async () => {
  const url = 'unix:/nonexistent/queue.sock';
  await expect(connectQueue({ url, prefix: 'x', connectTimeoutMs: 50 })).rejects.toMatchObject({
    code: 'QUEUE_UNREACHABLE',
    message: expect.stringContaining('ENOENT'),
  });
  await expect(waitUntilReady(url, { timeoutMs: 50 })).rejects.toMatchObject({ code: 'QUEUE_UNREACHABLE' });
});
