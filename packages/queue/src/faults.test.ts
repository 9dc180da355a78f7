import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { isDescentError } from '@descent/errors';
import { Redis } from 'ioredis';
import { expect, test } from 'vitest';
import { connectQueue, gradientQueueId, type QueueConnection } from './connect-queue.ts';
import { planQueueServer } from './queue-server.ts';
import { parseRedisUrl } from './redis-url.ts';
import { Server, Stream } from './testing/server.ts';

const jobId = `job_${'0'.repeat(26)}`;
const healWithinMs = 5_000;
const hasRedis =
  (await planQueueServer({ dataDir: tmpdir(), redisUrl: undefined, path: process.env.PATH })).kind ===
  'redis';

/** Adds as our producers do: again and again until the queue takes it. */
async function addStubbornly(queue: QueueConnection, serial: number): Promise<void> {
  const payload = { jobId, incarnation: 1, serial, address: 'unix:/x', lease: 's3cret' };
  for (;;) {
    try {
      return await queue.gradients.add(gradientQueueId(payload), payload);
    } catch (error) {
      if (!isDescentError(error)) throw error;
      await delay(100);
    }
  }
}

/** Each resolves when the fault is over. */
const faults: Record<string, (server: Server, admin: Redis) => Promise<void>> = {
  async 'killed and started again at once'(server) {
    await server.kill();
    await server.run();
  },
  async 'killed, and back 3 s later without its data'(server) {
    await server.kill();
    await delay(3_000);
    await server.forgetEverything();
    await server.run();
  },
  async 'stopped for 3 s'(server) {
    server.signal('SIGSTOP');
    await delay(3_000);
    server.signal('SIGCONT');
  },
  async 'emptied by FLUSHALL'(_, admin) {
    await admin.flushall();
  },
  async 'paused by CLIENT PAUSE for 4 s'(_, admin) {
    await admin.call('CLIENT', 'PAUSE', '4000', 'ALL');
    await delay(4_000);
  },
  async 'full for 2 s'(_, admin) {
    await admin.config('SET', 'maxmemory', '1');
    await delay(2_000);
    await admin.config('SET', 'maxmemory', '0');
  },
  async 'cut off from all its clients'(_, admin) {
    await admin.client('KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
  },
};

test.skipIf(!hasRedis).each(Object.entries(faults))(
  'a Redis that is %s: an idle consumer and one with a job at hand take new jobs within 5 s of its return',
  async (_name, inject) => {
    const server = await Server.start(process.env.PATH);
    const prefix = `test-${randomBytes(6).toString('hex')}`;
    const producer = await connectQueue({ url: server.plan.url, prefix });
    const busy = await connectQueue({ url: server.plan.url, prefix });
    const idle = await connectQueue({ url: server.plan.url, prefix });
    const taken = new Stream<string>();
    const finish = new Stream<void>();
    const consumer = busy.gradients.consume(async ({ serial }) => {
      taken.push(`busy ${serial}`);
      await finish.next();
    });
    await addStubbornly(producer, 1);
    expect(await taken.next()).toBe('busy 1');
    const other = idle.gradients.consume(async ({ serial }) => taken.push(`idle ${serial}`));

    const admin = new Redis({ ...parseRedisUrl(server.plan.url), retryStrategy: null });
    admin.on('error', () => {});
    await inject(server, admin);
    admin.disconnect();

    const back = performance.now();
    await addStubbornly(producer, 2);
    expect(await taken.next()).toBe('idle 2');
    await other.close({ graceMs: 0 });
    finish.push();
    await addStubbornly(producer, 3);
    // What was at hand may be given out once more: the queue delivers at least once.
    while ((await taken.next()) !== 'busy 3') finish.push();
    expect(performance.now() - back).toBeLessThan(healWithinMs);
    finish.push();
    await consumer.close({ graceMs: 1_000 });
    await Promise.all([producer.close(), busy.close(), idle.close()]);
    await server.remove();
  },
);
