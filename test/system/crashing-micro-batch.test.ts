import { mlpLayers, mnistJob, startStack, whenJobState } from '@descent/testkit';
import { expect, test } from 'vitest';

const units = 23;

test('a micro-batch that crashes every worker fails its job, names three of them, and the workers stay', async () => {
  const preload = new URL('broken-engine.preload.mjs', import.meta.url).href;
  const env = { NODE_OPTIONS: `--import ${preload}`, CRASHES_AT: String(28 * 28 * units) };
  const stack = await startStack({ workers: 3, env });
  try {
    const { id } = await stack.client.jobs.create(
      mnistJob({
        name: 'crashes',
        layers: mlpLayers(units),
        training: {
          epochs: 1,
          batchSize: 128,
          microBatches: 1,
          optimizer: { type: 'sgd', learningRate: 0.1 },
        },
      }),
    );
    const { error } = await whenJobState(stack.client, id, 'failed');
    expect(error).toMatchObject({
      code: 'JOB_FAILED',
      message: expect.stringContaining('3 workers were lost while they computed'),
    });
    // Each start of a process is a worker of its own.
    expect(new Set(error?.details.workers as string[]).size).toBe(3);
    await stack.whenProcess('worker-1', ({ phase, starts }) => phase === 'running' && starts > 1);
  } finally {
    await stack.stop();
  }
});
