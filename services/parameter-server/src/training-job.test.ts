import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createWorld } from './training-job.fixture.ts';

// The job's ticker is driven by hand.
beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('the update is the rule applied to the sum of all micro-batches over all samples', () => {
  // 4 samples in 2 micro-batches; mean gradient ([2, 4, 6] + [6, 4, 2]) / 4 = [2, 2, 2]; θ − 0.5·g
  const world = createWorld({ optimizer: { type: 'sgd', learningRate: 0.5 }, epochs: 2 });
  const [a, b] = [world.join('a'), world.join('b')];
  a.push([2, 4, 6]);
  expect(world.weights()).toEqual([1, 2, 3]);
  b.push([6, 4, 2]);
  expect(world.weights()).toEqual([0, 1, 2]);
  expect(world.state.version).toBe(1);
});

test('momentum carries from one step to the next', () => {
  // v1 = [1], θ = 1 − 1; v2 = 0.5·1 + 3 = 3.5, θ = 0 − 3.5
  const world = createWorld({
    initial: [1],
    microBatches: 1,
    epochs: 2,
    optimizer: { type: 'sgd', learningRate: 1, momentum: 0.5 },
  });
  const a = world.join('a');
  a.push([4]);
  a.push([12]);
  expect(world.weights()).toEqual([-3.5]);
});

test('the mean gradient is clipped by its global norm before the update', () => {
  // mean [3, 4] has norm 5; clipped to 1: [0.6, 0.8]
  const world = createWorld({ initial: [0, 0], microBatches: 1, batchSize: 2, samples: 2, clipNorm: 1 });
  world.join('a').push([6, 8]);
  const [x, y] = world.weights();
  expect(x).toBeCloseTo(-0.6, 6);
  expect(y).toBeCloseTo(-0.8, 6);
});

test('arrival order does not change the bits', () => {
  const gradients = [
    [0.1, 1e8],
    [0.2, 1],
    [0.3, -1e8],
    [1e-7, 3],
  ];
  const run = (order: readonly number[]) => {
    const world = createWorld({ initial: [0.7, 0.9], microBatches: 4 });
    const workers = gradients.map((_, index) => world.join(`w${index}`));
    for (const index of order) workers[index]!.push(gradients[index]!);
    return world.weights();
  };
  expect(run([3, 1, 0, 2])).toEqual(run([0, 1, 2, 3]));
  expect(run([2, 3, 1, 0])).toEqual(run([0, 1, 2, 3]));
});

test('a worker is sent each version once, and assignments of it without parameters', () => {
  const world = createWorld({ epochs: 2 });
  const a = world.join('a');
  a.push([0, 0, 0]);
  a.push([0, 0, 0]);
  expect(a.told.map((one) => one.type)).toEqual([
    'parameters',
    'assign',
    'accepted',
    'assign',
    'accepted',
    'parameters',
    'assign',
  ]);
});

test('the last update ends the job with weights and ledger hash', async () => {
  const world = createWorld({ microBatches: 1 });
  world.join('a').push([1, 1, 1]);
  await world.job.ended;
  expect(world.outcomes).toEqual([
    { state: 'succeeded', weightsHash: 'hash-of-weights', ledgerHash: world.state.ledgerHash },
  ]);
  expect(world.checkpoints).toEqual([1]);
});

test('a gradient pushed twice is refused as a duplicate and changes nothing', () => {
  const world = createWorld();
  const a = world.join('a');
  const { held } = a;
  a.push([1, 1, 1]);
  a.push([5, 5, 5], { held });
  expect(a.last('refused')?.code).toBe('GRADIENT_DUPLICATE');
  a.push([1, 1, 1]);
  // mean of the two accepted ones: 2 / 4
  expect(world.weights()).toEqual([0.5, 1.5, 2.5]);
});

test('a late gradient is refused and changes nothing', () => {
  const world = createWorld({ microBatches: 1, epochs: 3 });
  const a = world.join('a');
  const { held } = a;
  a.push([4, 4, 4]);
  a.push([100, 100, 100], { held });
  expect(a.last('refused')?.code).toBe('GRADIENT_LATE');
  expect(world.weights()).toEqual([0, 1, 2]);
  expect(a.held.version).toBe(1);
});

test('a gradient of another incarnation is refused and changes nothing', () => {
  const world = createWorld({ microBatches: 1 });
  const a = world.join('a');
  a.push([9, 9, 9], { incarnation: 3 });
  expect(a.last('refused')?.code).toBe('INCARNATION_STALE');
  expect(world.weights()).toEqual([1, 2, 3]);
});

test('a gradient of the wrong length is refused before it is received', () => {
  const world = createWorld({ microBatches: 1 });
  const a = world.join('a');
  a.push([9, 9, 9], { payloadBytes: 68 });
  expect(a.last('refused')?.code).toBe('FRAME_LENGTH');
  expect(world.weights()).toEqual([1, 2, 3]);
});

test('a gradient that was not assigned to this worker is refused', () => {
  const world = createWorld({ microBatches: 2 });
  const a = world.join('a');
  const b = world.join('b');
  b.push([9, 9, 9], { held: a.held });
  expect(b.last('refused')?.code).toBe('GRADIENT_UNASSIGNED');
  expect(world.weights()).toEqual([1, 2, 3]);
});

test('a gradient that is not finite is refused and computed again by another worker', () => {
  const world = createWorld({ microBatches: 1 });
  const a = world.join('a');
  const b = world.join('b');
  a.push([1, Number.NaN, 1]);
  expect(a.last('refused')?.code).toBe('GRADIENT_NOT_FINITE');
  expect(b.held.unit.index).toBe(0);
  b.push([4, 4, 4]);
  expect(world.weights()).toEqual([0, 1, 2]);
});

test('a micro-batch that is not finite twice stops the job as diverged, with the last finite loss', async () => {
  const world = createWorld({ microBatches: 1, epochs: 2 });
  const a = world.join('a');
  a.push([0, 0, 0], { loss: 10 });
  a.push([0, 0, 0], { loss: Number.POSITIVE_INFINITY });
  a.push([0, 0, 0], { loss: Number.POSITIVE_INFINITY });
  await world.job.ended;
  const [outcome] = world.outcomes;
  expect(outcome).toMatchObject({
    state: 'failed',
    error: { code: 'JOB_DIVERGED', details: { step: 1, loss: 'Infinity', lastFiniteLoss: 2.5 } },
  });
  expect(world.weights()).toEqual([1, 2, 3]);
});

test('the work of a worker that leaves goes to another at once', () => {
  const world = createWorld({ microBatches: 2 });
  const a = world.join('a');
  const b = world.join('b');
  a.leave();
  expect(world.ended).toEqual([0]);
  b.push([4, 0, 0]);
  expect(b.held.unit.index).toBe(0);
  b.push([4, 0, 0]);
  expect(world.weights()).toEqual([-1, 2, 3]);
});

test('an idle worker repeats a slow one; the first result counts and the other is refused by name', () => {
  const world = createWorld({ microBatches: 2, epochs: 2 });
  const slow = world.join('slow');
  const fast = world.join('fast');
  world.pass(10);
  fast.push([4, 4, 4]);
  const { held } = slow;
  world.pass(5_000);
  vi.advanceTimersByTime(250);
  expect(fast.held.unit.index).toBe(held.unit.index);
  fast.push([4, 4, 4]);
  expect(world.weights()).toEqual([-1, 0, 1]);
  slow.push([4, 4, 4], { held });
  expect(slow.last('refused')?.code).toBe('GRADIENT_LATE');
  expect(slow.held.version).toBe(1);
  expect(world.weights()).toEqual([-1, 0, 1]);
});

test('a gradient job ends when its assignments are used up', () => {
  const world = createWorld({ microBatches: 1, epochs: 10 });
  const a = world.join('a');
  for (let step = 0; step < 4; step++) a.push([0, 0, 0]);
  expect(a.last('released')?.reason).toBe('served');
  expect(world.ended).toEqual([0]);
});

test('validation is evaluated on the version it belongs to, in slices added in order', async () => {
  const world = createWorld({ microBatches: 1, validationSamples: 600 });
  const a = world.join('a');
  a.push([0, 0, 0]);
  expect(a.held).toMatchObject({ kind: 'evaluate', version: 1, unit: { start: 0, end: 500 } });
  a.scores([500, 250, 400]);
  expect(a.held).toMatchObject({ kind: 'evaluate', unit: { start: 500, end: 600 } });
  a.scores([100, 50, 80]);
  await world.job.ended;
  expect(world.points.filter(({ split }) => split === 'validation')).toMatchObject([
    { step: 1, epoch: 1, values: { loss: 0.5, accuracy: 0.8 } },
  ]);
  expect(world.outcomes[0]?.state).toBe('succeeded');
});

test('the event of an evaluation holds the tables, with the names of the classes', async () => {
  const metrics = [
    { name: 'matrix', sums: 4, settings: { type: 'confusionMatrix' }, labels: 'kind' },
    { name: 'accuracy', sums: 1, settings: { type: 'accuracy' } },
  ] as const;
  const world = createWorld({ microBatches: 1, validationSamples: 6, metrics });
  const a = world.join('a');
  a.push([0, 0, 0]);
  a.scores([6, 3, 2, 1, 0, 3, 5]);
  await world.job.ended;
  const names = ['cat', 'dog'];
  const values = [
    [2, 1],
    [0, 3],
  ];
  expect(world.evaluations).toEqual([
    {
      step: 1,
      values: { loss: 0.5, accuracy: 5 / 6 },
      tables: { matrix: { rows: names, columns: names, values } },
    },
  ]);
});

test('a pause ends the round, keeps a checkpoint and the applied steps', async () => {
  const world = createWorld({ microBatches: 2, epochs: 5 });
  const a = world.join('a');
  a.push([0, 0, 0]);
  a.push([0, 0, 0]);
  a.push([9, 9, 9]);
  world.job.want('pause');
  await world.job.ended;
  expect(world.outcomes).toEqual([{ state: 'paused', step: 1 }]);
  expect(world.checkpoints).toContain(1);
  expect(a.last('released')?.reason).toBe('handed-back');
  expect(world.weights()).toEqual([1, 2, 3]);
});

test('a cancel ends the job at once', async () => {
  const world = createWorld({ epochs: 5 });
  const a = world.join('a');
  world.job.want('cancel');
  await world.job.ended;
  expect(world.outcomes).toEqual([{ state: 'cancelled' }]);
  expect(a.last('released')?.reason).toBe('ended');
});

test('an assignment that three times could not be computed fails the job with the evidence', async () => {
  const world = createWorld({ microBatches: 1 });
  const a = world.join('a');
  const { DescentError } = await import('@descent/errors');
  for (let time = 0; time < 3; time++) {
    const { held } = a;
    const header = { assignment: held.assignment, step: 0, microBatch: 0 };
    world.job.failed(
      a.link,
      { ...header, type: 'FAILED', job: 0n, incarnation: 4, version: 0, payloadBytes: 0, payloadCheck: null },
      new DescentError('UNAVAILABLE', { part: 'The disk' }),
    );
  }
  await world.job.ended;
  expect(world.outcomes).toMatchObject([{ state: 'failed', error: { code: 'JOB_FAILED' } }]);
});
