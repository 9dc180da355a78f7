import { Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { expect, test } from 'vitest';
import { connectQueue } from './connect-queue.ts';
import { parseRedisUrl } from './redis-url.ts';
import { Server, Stream } from './testing/server.ts';

test('a job of a process that died is given out again, any number of times', {
  timeout: 60_000,
}, async () => {
  const server = await Server.start(undefined);
  const queue = await connectQueue({ url: server.plan.url, prefix: 'test' });
  const jobId = `job_${'0'.repeat(26)}`;
  await queue.training.add(jobId, { jobId });
  // What a killed process leaves behind: an active job whose lock nobody renews (here: a short one).
  const taken = new Stream<void>();
  const dead = new Worker('training', () => new Promise(() => taken.push()), {
    connection: parseRedisUrl(server.plan.url),
    prefix: 'test',
    lockDuration: 200,
    skipLockRenewal: true,
    skipStalledCheck: true,
  });
  await taken.next();
  await dead.close(true);
  expect([...(await queue.training.has([jobId]))]).toEqual([[jobId, 'active']]);
  // As if processes had died of it five times before: BullMQ's own limit is one.
  const client = new Redis(parseRedisUrl(server.plan.url));
  await client.hset(`test:training:${jobId}`, 'stc', 5);
  client.disconnect();

  const seen = new Stream<string>();
  queue.training.consume(async (payload) => seen.push(payload.jobId));
  expect(await seen.next()).toBe(jobId);
  await queue.close();
  await server.remove();
});
