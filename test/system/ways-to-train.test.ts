import type { Job, TrainingSettings } from '@descent/contracts';
import { mnistJob, type StackOptions, startStack, whenJobState } from '@descent/testkit';
import { beforeAll, expect, test } from 'vitest';

type Way = Pick<TrainingSettings, 'compression' | 'synchronization' | 'optimizer'>;

const optimizer = { type: 'sgd', learningRate: 0.05, momentum: 0.9 } as const;
const local = { mode: 'local', localSteps: 8 } as const;
const ways = {
  sync: { optimizer },
  'async 0': { optimizer, synchronization: { mode: 'async', maxStaleness: 0 } },
  'async 2': { optimizer, synchronization: { mode: 'async', maxStaleness: 2 } },
  int8: { optimizer, compression: 'int8' },
  topK: { optimizer, compression: { topK: 0.25 } },
  'local, int8': {
    optimizer: { type: 'adam', learningRate: 0.002 },
    synchronization: local,
    compression: 'int8',
  },
} as const satisfies Record<string, Way>;
type WayName = keyof typeof ways;

/** Batch normalisation and dropout are there because states and masks have ways of their own. */
const jobOf = (way: Way) =>
  mnistJob({
    name: 'ways to train',
    layers: [
      { type: 'flatten' },
      { type: 'dense', units: 32 },
      { type: 'batchNormalization', momentum: 0.8 },
      { type: 'activation', activation: 'relu' },
      { type: 'dropout', rate: 0.1 },
      { type: 'dense', units: 10 },
    ],
    training: { epochs: 3, batchSize: 128, microBatches: 4, seed: 7, ...way },
  });

async function run(options: StackOptions, names: readonly WayName[]): Promise<Map<WayName, Job>> {
  const stack = await startStack(options);
  try {
    const jobs = new Map<WayName, Job>();
    for (const name of names) {
      const { id } = await stack.client.jobs.create(jobOf(ways[name]));
      jobs.set(name, await whenJobState(stack.client, id, 'succeeded'));
    }
    return jobs;
  } finally {
    await stack.stop();
  }
}

let jobs: Map<WayName, Job>;
beforeAll(async () => {
  jobs = await run({ workers: 3 }, Object.keys(ways) as WayName[]);
});

test('one worker gives the bits of three, compressed, local and both', async () => {
  const alone = await run({ workers: 1 }, ['topK', 'local, int8']);
  for (const [name, { receipt, validation }] of alone) {
    expect([name, receipt]).toEqual([name, jobs.get(name)!.receipt]);
    expect(validation).toEqual(jobs.get(name)!.validation);
  }
});

test('every way learns what sync learns', () => {
  const accuracyOf = (name: WayName) => jobs.get(name)!.validation!.accuracy!;
  expect(accuracyOf('sync')).toBeGreaterThan(0.9);
  for (const name of ['async 2', 'int8', 'topK', 'local, int8'] as const)
    expect([name, accuracyOf(name) > accuracyOf('sync') - 0.02]).toEqual([name, true]);
});

test('with a staleness of 0 an asynchronous job has the bits of sync', () => {
  expect(jobs.get('async 0')!.receipt).toEqual(jobs.get('sync')!.receipt);
});

test('the receipt names the wire format', () => {
  expect(jobs.get('int8')!.receipt.numericsClass).toMatch(/ int8$/);
  expect(jobs.get('topK')!.receipt.numericsClass).toMatch(/ topK-0\.25$/);
});

test('a local job has a step per round, and the price shows the bytes of its format', () => {
  // 9,000 samples: nine rounds of 8 × 128.
  expect(jobs.get('local, int8')!.progress.steps).toBe(3 * 9);
  const bytes = (name: WayName) => jobs.get(name)!.price.wireBytesPerStep;
  expect(bytes('int8') / bytes('sync')).toBeCloseTo(0.377, 1);
});
