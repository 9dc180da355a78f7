import { tmpdir } from 'node:os';
import { Redis } from 'ioredis';
import { expect, test } from 'vitest';
import { connectQueue, gradientQueueId } from './connect-queue.ts';
import { planQueueServer } from './queue-server.ts';
import { parseRedisUrl } from './redis-url.ts';
import { Server, Stream } from './testing/server.ts';

const hasRedis =
  (await planQueueServer({ dataDir: tmpdir(), redisUrl: undefined, path: process.env.PATH })).kind ===
  'redis';
const jobs = 300;
const payload = (serial: number) => ({
  jobId: `job_${'0'.repeat(26)}`,
  incarnation: 1,
  serial,
  address: 'unix:/x',
  lease: 's3cret',
});

test.skipIf(!hasRedis)(
  'the events that BullMQ keeps are few and small, whatever a handler returns: no gradient is ever in Redis',
  async () => {
    const server = await Server.start(process.env.PATH);
    const queue = await connectQueue({ url: server.plan.url, prefix: 'test' });
    const done = new Stream<void>();
    const megabyte = 'x'.repeat(1_048_576);
    // Its type says that it returns nothing; nobody keeps to that for ever.
    const handler = (async ({ serial }: { serial: number }) => {
      if (serial === jobs - 1) done.push();
      return megabyte;
    }) as unknown as Parameters<typeof queue.gradients.consume>[0];
    for (let serial = 0; serial < jobs; serial++)
      await queue.gradients.add(gradientQueueId(payload(serial)), payload(serial));
    queue.gradients.consume(handler);
    await done.next();
    await queue.close();

    const redis = new Redis(parseRedisUrl(server.plan.url));
    const events = await redis.xrange('test:gradients:events', '-', '+');
    const completed = events.filter(([, fields]) => fields.includes('completed'));
    expect(completed.length).toBeGreaterThan(10);
    for (const [, fields] of completed) expect(fields[fields.indexOf('returnvalue') + 1]).toBe('null');
    expect(Math.max(...events.map(([, fields]) => fields.join('').length))).toBeLessThan(256);
    // Redis cuts a stream in pieces of a hundred entries, so that it holds twice as many at times.
    expect(events.length).toBeLessThanOrEqual(250);
    redis.disconnect();
    await server.remove();
  },
);
