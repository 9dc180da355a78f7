import type { Job } from '@descent/contracts';
import { mnistJob, startStack, whenJobState } from '@descent/testkit';
import { beforeAll, expect, test } from 'vitest';

/** A convolution, a pooling and dropout, so that most of what engines do differently takes part. */
const job = mnistJob({
  name: 'engines',
  layers: [
    { type: 'conv2d', filters: 3, kernelSize: 3, strides: 2, activation: 'relu' },
    { type: 'maxPool2d', poolSize: 2 },
    { type: 'flatten' },
    { type: 'dropout', rate: 0.1 },
    { type: 'dense', units: 10 },
  ],
  training: {
    epochs: 1,
    batchSize: 256,
    microBatches: 4,
    seed: 3,
    optimizer: { type: 'sgd', learningRate: 0.1 },
  },
});

/** 9,000 samples in mini-batches of 256. */
const steps = 36;

interface Run {
  readonly job: Job;
  /** Loss by step. */
  readonly losses: readonly number[];
}

async function runOn(engine: string, workers: number): Promise<Run> {
  const env = { DESCENT_ENGINE: engine, DESCENT_DEVICE: 'cpu' };
  const stack = await startStack({ workers, env });
  try {
    const { id } = await stack.client.jobs.create(job);
    const done = await whenJobState(stack.client, id, 'succeeded');
    const losses: number[] = [];
    for await (const point of stack.client.jobs.metrics(id)) {
      if (point.split === 'train') losses[point.step - 1] = point.values.loss ?? Number.NaN;
    }
    return { job: done, losses };
  } finally {
    await stack.stop();
  }
}

let tfjs: Run;
beforeAll(async () => {
  tfjs = await runOn('tfjs', 1);
});

test('a job on tfjs learns, and says in its receipt what computed it', () => {
  expect(tfjs.job.receipt.numericsClass).toMatch(/^tfjs/);
  expect(tfjs.losses).toHaveLength(steps);
  expect(tfjs.losses.at(-1)).toBeLessThan(tfjs.losses[0]! - 0.2);
});

test('two workers on tfjs give the bits of one', async () => {
  const two = await runOn('tfjs', 2);
  expect(two.job.receipt).toEqual(tfjs.job.receipt);
  expect(two.losses).toEqual(tfjs.losses);
});

test('tfjs and onnx draw the same curve, from one order of samples and one set of masks', async () => {
  const onnx = await runOn('onnx', 1);
  expect(onnx.job.receipt.numericsClass).toMatch(/^onnx/);
  expect(onnx.losses).toHaveLength(steps);
  const farthest = Math.max(...onnx.losses.map((loss, step) => Math.abs(loss - tfjs.losses[step]!) / loss));
  expect(farthest).toBeLessThan(1e-3);
});
