import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { createClient } from '@descent/client';
import { planQueueServer } from '@descent/queue';
import { cleanEnvironment, freePort, whenJobState } from '@descent/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';

let folder: string;
const children: ChildProcess[] = [];
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'descent-order-'));
});
afterAll(async () => {
  await Promise.all(children.map(stop));
  rmSync(folder, { recursive: true, force: true });
});

function stop(child: ChildProcess): Promise<void> | undefined {
  if (child.exitCode !== null || child.signalCode !== null) return undefined;
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.kill('SIGTERM');
  return ended;
}

const mainOf = (service: string) =>
  join(dirname(createRequire(import.meta.url).resolve(`@descent/${service}/package.json`)), 'dist/main.js');

/** A service by hand: what it logs, and its ready message. */
function start(service: string, env: Record<string, string>) {
  const child = spawn(process.execPath, [mainOf(service)], {
    env: cleanEnvironment(env),
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  children.push(child);
  const lines: string[] = [];
  const waiting: { text: string; found(): void }[] = [];
  createInterface({ input: child.stderr! }).on('line', (line) => {
    lines.push(line);
    for (const { text, found } of waiting) if (line.includes(text)) found();
  });
  return {
    said: (text: string) =>
      new Promise<void>((found) => {
        if (lines.some((line) => line.includes(text))) found();
        else waiting.push({ text, found });
      }),
    ready: new Promise<{ token?: string }>((resolve) =>
      child.on('message', (message) => resolve(message as object)),
    ),
  };
}

test('worker, parameter server, api and queue started in this order wait for each other, say so, and train', async () => {
  const queue = await planQueueServer({ dataDir: folder, redisUrl: undefined, path: process.env.PATH });
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const shared = {
    REDIS_URL: queue.url,
    DESCENT_SERVICE_TOKEN: 'a-service-token-for-tests',
    DESCENT_API_URL: url,
    DESCENT_CHANNEL_ADDRESS: `unix:${join(folder, 'channel.sock')}`,
    DESCENT_DATA_DIR: join(folder, 'data'),
    DESCENT_CACHE_DIR: join(folder, 'cache'),
    DESCENT_PORT: String(port),
  };
  const worker = start('worker', shared);
  await worker.said(`waiting for the api at ${url}`);
  const server = start('parameter-server', shared);
  await server.said(`waiting for the api at ${url}`);
  const api = start('api', shared);
  await api.said(`waiting for the queue at ${queue.url}`);

  children.push(spawn(queue.command!, queue.args, { stdio: 'ignore' }));
  const [{ token }] = await Promise.all([api.ready, server.ready, worker.ready]);
  const client = createClient({ url, token: token ?? '' });
  const { id } = await client.jobs.create({
    model: {
      inputs: { image: { shape: [28, 28, 1] } },
      layers: [{ type: 'flatten' }, { type: 'dense', units: 10 }],
      loss: { type: 'softmaxCrossEntropy', labels: 'label' },
    },
    data: { dataset: 'builtin:mnist', train: 'test', inputs: { image: { columns: ['image'] } } },
    training: { epochs: 1, batchSize: 1000, optimizer: { type: 'sgd', learningRate: 0.0001 } },
  });
  expect((await whenJobState(client, id, 'succeeded')).progress.step).toBe(10);
});
