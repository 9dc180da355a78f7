import type { Job } from '@descent/contracts';
import {
  mnistJob,
  type Stack,
  type StackOptions,
  startStack,
  whenJobState,
  whenStep,
} from '@descent/testkit';
import { beforeAll, expect, test } from 'vitest';

/** Also with optimizer slots and a smaller last mini-batch. */
const job = mnistJob({
  name: 'same bits',
  training: {
    epochs: 5,
    batchSize: 128,
    microBatches: 4,
    seed: 7,
    optimizer: { type: 'adam', learningRate: 0.002 },
    schedule: { type: 'cosine', warmupSteps: 20 },
    clipNorm: 1,
    checkpointEverySteps: 40,
  },
});
/** 9,000 samples in mini-batches of 128: 71 steps an epoch. */
const steps = 355;
const middle = 120;

let undisturbed: Job;

async function withStack(options: StackOptions, body: (stack: Stack) => Promise<void>): Promise<void> {
  const stack = await startStack(options);
  try {
    await body(stack);
  } finally {
    await stack.stop();
  }
}

async function finished({ client }: Stack, id: string): Promise<Job> {
  return whenJobState(client, id, 'succeeded');
}

/** Every step has its point once, in order. */
async function expectWholeCurve({ client }: Stack, id: string): Promise<void> {
  const seen: number[] = [];
  for await (const { split, step } of client.jobs.metrics(id)) if (split === 'train') seen.push(step);
  expect([...new Set(seen)].sort((a, b) => a - b)).toEqual(
    Array.from({ length: steps }, (_, index) => index + 1),
  );
}

function expectSameBits(actual: Job): void {
  expect(actual.progress.step).toBe(steps);
  expect(actual.receipt).toEqual(undisturbed.receipt);
  expect(actual.validation).toEqual(undisturbed.validation);
}

beforeAll(async () => {
  await withStack({ workers: 1 }, async (stack) => {
    const { id } = await stack.client.jobs.create(job);
    undisturbed = await finished(stack, id);
    await expectWholeCurve(stack, id);
  });
  expect(undisturbed.receipt.weightsHash).toMatch(/^[0-9a-f]{64}$/);
});

test.each([2, 4])('%i workers give the bits of one worker', async (workers) => {
  await withStack({ workers }, async (stack) => {
    const { id } = await stack.client.jobs.create(job);
    expectSameBits(await finished(stack, id));
  });
});

test('a worker of two devices gives the bits of one', async () => {
  await withStack({ workers: 1, env: { DESCENT_DEVICES: '2' } }, async (stack) => {
    const { id } = await stack.client.jobs.create(job);
    expectSameBits(await finished(stack, id));
  });
});

test('the same bits when parameter server and workers share a process, which is killed in the middle', async () => {
  await withStack({ workers: 2, processes: 'one' }, async (stack) => {
    const { id } = await stack.client.jobs.create(job);
    await whenStep(stack.client, id, middle);
    stack.kill('trainer');
    const ended = await finished(stack, id);
    expectSameBits(ended);
    expect(ended.incarnation).toBeGreaterThan(1);
    await expectWholeCurve(stack, id);
  });
});

test('the same bits when one of two workers is killed in the middle', async () => {
  await withStack({ workers: 2 }, async (stack) => {
    const { id } = await stack.client.jobs.create(job);
    await whenStep(stack.client, id, middle);
    stack.kill('worker-1', 'SIGKILL');
    expectSameBits(await finished(stack, id));
    await expectWholeCurve(stack, id);
  });
});

test('the same bits when the parameter server is killed in the middle', async () => {
  await withStack({ workers: 2 }, async (stack) => {
    const { id } = await stack.client.jobs.create(job);
    await whenStep(stack.client, id, middle);
    stack.kill('parameter-server', 'SIGKILL');
    const ended = await finished(stack, id);
    expectSameBits(ended);
    expect(ended.incarnation).toBeGreaterThan(1);
    await expectWholeCurve(stack, id);
  });
});

test('the same bits when the in-memory queue is killed and comes back empty', async () => {
  await withStack({ workers: 2, redis: 'embedded' }, async (stack) => {
    const { id } = await stack.client.jobs.create(job);
    await whenStep(stack.client, id, middle);
    await stack.replace('queue');
    expectSameBits(await finished(stack, id));
  });
});

test('the same bits, and no gap in the curve, when the api is killed in the middle', async () => {
  await withStack({ workers: 2 }, async (stack) => {
    const { id } = await stack.client.jobs.create(job);
    await whenStep(stack.client, id, middle);
    await stack.replace('api');
    expectSameBits(await finished(stack, id));
    await expectWholeCurve(stack, id);
  });
});

test('the same bits after a pause and a resume', async () => {
  await withStack({ workers: 2 }, async (stack) => {
    const { id } = await stack.client.jobs.create(job);
    await whenStep(stack.client, id, middle);
    await stack.client.jobs.pause(id);
    const paused = await whenJobState(stack.client, id, 'paused');
    expect(paused.progress.step).toBeGreaterThanOrEqual(middle);
    await stack.client.jobs.resume(id);
    expectSameBits(await finished(stack, id));
  });
});

test('the same bits when one of three workers computes wrong gradients: an audit finds it, and its work is undone', async () => {
  const preload = new URL('broken-engine.preload.mjs', import.meta.url).href;
  const env = { NODE_OPTIONS: `--import ${preload}`, WRONG_WORKER: 'worker-2' };
  await withStack({ workers: 3, env }, async (stack) => {
    // So few that its first wrong gradient is hardly ever the one behind another that an audit has just found right: there is work to undo.
    const { id } = await stack.client.jobs.create({ ...job, audit: 0.05 });
    const ended = await finished(stack, id);
    expect(ended.quarantined).toMatchObject([{ worker: 'worker-2' }]);
    expectSameBits(ended);
    expect(ended.incarnation).toBeGreaterThan(1);
    await expectWholeCurve(stack, id);
  });
});
