import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { ClusterWorker } from '@descent/contracts';
import { freePort, mnistJob, runDescent, type Stack, startStack, whenJobState } from '@descent/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';

let stack: Stack;
let cacheDir: string;
beforeAll(async () => {
  cacheDir = mkdtempSync(join(tmpdir(), 'descent-network-worker-'));
  stack = await startStack({ workers: 1, workerAddress: `127.0.0.1:${await freePort()}` });
});
afterAll(async () => {
  await stack?.stop();
  rmSync(cacheDir, { recursive: true, force: true });
});

const ask = async (method: string, path: string) => {
  const headers = { authorization: `Bearer ${stack.token}` };
  const answer = await fetch(`${stack.url}/v1${path}`, { method, headers });
  expect(answer.ok).toBe(true);
  return answer.json();
};
async function whenWorker(fits: (worker: ClusterWorker) => boolean): Promise<ClusterWorker> {
  for (;;) {
    const { workers } = (await ask('GET', '/workers')) as { workers: ClusterWorker[] };
    const found = workers.find(fits);
    if (found !== undefined) return found;
    await delay(100);
  }
}

test('a worker that joins over the network with a token alone trains a job, to the bits of our own worker', async () => {
  const job = mnistJob({
    name: 'network',
    training: {
      epochs: 1,
      batchSize: 128,
      microBatches: 2,
      seed: 3,
      optimizer: { type: 'sgd', learningRate: 0.1 },
    },
  });
  const first = await stack.client.jobs.create(job);
  const ours = await whenJobState(stack.client, first.id, 'succeeded');
  const local = await whenWorker(({ state }) => state === 'active');
  await ask('POST', `/workers/${local.id}/pause`);
  await whenWorker(({ id, state }) => id === local.id && state === 'paused');

  const created = await runDescent(['token', 'create', 'lab', '--scopes', 'worker', '--json'], {
    env: { DESCENT_URL: stack.url, DESCENT_TOKEN: stack.token },
  });
  const { secret } = JSON.parse(created.stdout) as { secret: string };
  const leave = new AbortController();
  // Neither the address of the queue nor the service token is in its environment.
  const worker = runDescent(
    ['worker', '--server', stack.url, '--token', secret, '--name', 'lab', '--cache-dir', cacheDir],
    { signal: leave.signal },
  ).catch((error: Error) => error);
  try {
    await whenWorker(({ name, state }) => name.startsWith('lab@') && state === 'active');
    const second = await stack.client.jobs.create(job);
    const theirs = await whenJobState(stack.client, second.id, 'succeeded');
    expect(theirs.receipt).toEqual(ours.receipt);
  } finally {
    leave.abort();
    await worker;
  }
});
