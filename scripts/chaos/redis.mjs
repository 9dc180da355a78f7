import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { planQueueServer, waitUntilReady } from '@descent/queue';
import { Redis } from 'ioredis';

/** A queue server of our own, so that an outage lasts as long as we want. */
export async function startRedis(folder) {
  mkdirSync(folder, { recursive: true });
  const plan = await planQueueServer({ dataDir: folder, redisUrl: undefined, path: process.env.PATH });
  let child;
  const start = async () => {
    child = spawn(plan.command, plan.args, { stdio: 'ignore' });
    await waitUntilReady(plan.url);
  };
  const kill = async () => {
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  };
  // Nobody else ends it when this process is told to end.
  process.on('exit', () => child.kill('SIGKILL'));
  await start();
  return {
    url: plan.url,
    get pid() {
      return child.pid;
    },
    isReal: plan.kind === 'redis',
    async outage(ms, { empty = false } = {}) {
      await kill();
      if (empty) rmSync(join(folder, 'queue', 'appendonlydir'), { recursive: true, force: true });
      await delay(ms);
      await start();
    },
    async command(...args) {
      const client = new Redis(plan.url.replace(/^unix:/, ''), { retryStrategy: null });
      client.on('error', () => {});
      try {
        return await client.call(...args);
      } finally {
        client.disconnect();
      }
    },
    stop: kill,
  };
}
