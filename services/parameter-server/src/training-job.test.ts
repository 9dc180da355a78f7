import { expect, test } from 'vitest';
import { createWorld, type FakeWorker } from './training-job.fixture.ts';

test('the update is the rule applied to the sum of all micro-batches over all samples', () => {
  // 4 samples in 2 micro-batches; mean gradient ([2, 4, 6] + [6, 4, 2]) / 4 = [2, 2, 2]; θ − 0.5·g
  const world = createWorld({
    optimizer: { type: 'sgd', learningRate: 0.5 },
    epochs: 2,
    workers: ['a', 'b'],
  });
  const [a, b] = world.workers;
  a!.push([2, 4, 6]);
  expect(world.weights()).toEqual([1, 2, 3]);
  b!.push([6, 4, 2]);
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
    const world = createWorld({
      initial: [0.7, 0.9],
      microBatches: 4,
      workers: gradients.map((_, index) => `w${index}`),
    });
    for (const index of order) world.workers[index]!.push(gradients[index]!);
    return world.weights();
  };
  expect(run([3, 1, 0, 2])).toEqual(run([0, 1, 2, 3]));
  expect(run([2, 3, 1, 0])).toEqual(run([0, 1, 2, 3]));
});

test('a worker alone gets the whole step as one node, and each version once', () => {
  const world = createWorld({ epochs: 2, microBatches: 4 });
  const a = world.join('a');
  expect(a.held.node).toMatchObject({ first: 0, count: 4, bounds: [0, 1, 2, 3, 4] });
  a.push([4, 4, 4]);
  expect(a.told.map((one) => one.type)).toEqual(['parameters', 'assign', 'accepted', 'released']);
  expect(world.weights()).toEqual([0, 1, 2]);
});

test('the last update ends the job with weights and ledger hash', async () => {
  const world = createWorld({ microBatches: 1 });
  world.join('a').push([1, 1, 1]);
  await world.job.ended;
  expect(world.outcomes).toEqual([
    { state: 'succeeded', weightsHash: 'hash-of-weights', ledgerHash: world.state.ledgerHash },
  ]);
  expect(world.checkpoints.at(-1)).toBe(1);
});

test('a gradient pushed twice is refused as a duplicate and changes nothing', () => {
  const world = createWorld({ workers: ['a', 'b'] });
  const [a, b] = world.workers;
  const { held } = a!;
  a!.push([1, 1, 1]);
  a!.push([5, 5, 5], { held });
  expect(a!.last('refused')?.code).toBe('GRADIENT_DUPLICATE');
  b!.push([1, 1, 1]);
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
  expect(b.held.node.first).toBe(0);
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
  expect(world.checkpoints.at(-1)).toBe(1);
  expect(world.weights()).toEqual([1, 2, 3]);
});

test('the work of a worker that leaves goes to another at once', () => {
  const world = createWorld({ microBatches: 4, workers: ['a', 'b'] });
  const [a, b] = world.workers;
  expect([a!.held.node.count, b!.held.node.count]).toEqual([2, 2]);
  a!.leave();
  expect(world.ended).toEqual([0]);
  b!.push([4, 0, 0]);
  expect(b!.held.node).toMatchObject({ first: 0, count: 2 });
  b!.push([4, 0, 0]);
  expect(world.weights()).toEqual([-1, 2, 3]);
});

test('a worker that joins in the middle of a step waits for the next one', () => {
  const world = createWorld({ epochs: 2, microBatches: 2 });
  const a = world.join('a');
  const late = world.join('late');
  expect(late.link.held).toEqual([]);
  a.push([4, 4, 4]);
  expect([a.held.node, late.held.node].map(({ first, count }) => [first, count])).toEqual([
    [0, 1],
    [1, 1],
  ]);
});

test('a worker that comes to a crew at work gets one micro-batch at a time until its pace is known', () => {
  const world = createWorld({ microBatches: 4, epochs: 9, workers: ['a'] });
  const [a] = world.workers as [FakeWorker];
  a.link.budget = 1_000;
  for (let step = 0; step < 3; step++) {
    world.pass(40);
    a.push([0, 0, 0]);
  }
  const b = world.join('b');
  b.link.budget = 1_000;
  world.pass(40);
  a.push([0, 0, 0]);
  expect([a.held.node.count, b.held.node.count]).toEqual([2, 1]);
  world.pass(10);
  b.push([0, 0, 0]);
  expect(b.held.node.count).toBe(1);
  world.pass(10);
  b.push([0, 0, 0]);
  a.push([0, 0, 0]);
  expect([a.held.node.count, b.held.node.count]).toEqual([2, 2]);
});

test('what does not divide evenly is a second assignment, for a worker that takes two', () => {
  const world = createWorld({ microBatches: 4, holds: 2, workers: ['a', 'b', 'c'] });
  const held = world.workers.map(({ link }) => link.held.map(({ node }) => [node.first, node.count]));
  expect(held).toEqual([
    [
      [0, 1],
      [3, 1],
    ],
    [[1, 1]],
    [[2, 1]],
  ]);
});

/** Two workers that have done three steps at 10 ms a micro-batch; then the clock stands, and both hold one. */
function slowAndFast(microBatches = 2) {
  const world = createWorld({ microBatches, epochs: 6, workers: ['slow', 'fast'] });
  const [slow, fast] = world.workers as [FakeWorker, FakeWorker];
  for (const { link } of world.workers) link.budget = 1_000;
  for (let step = 0; step < 3; step++) {
    world.pass((10 * microBatches) / 2);
    slow.push([0, 0, 0]);
    fast.push([0, 0, 0]);
  }
  return { world, slow, fast };
}

test('an idle worker repeats a slow one; the first result counts and the other is refused by name', () => {
  const { world, slow, fast } = slowAndFast();
  world.pass(10);
  fast.push([4, 4, 4]);
  world.job.tick();
  expect(fast.link.held).toEqual([]);
  world.pass(50);
  world.job.tick();
  const { held } = slow;
  expect(fast.held.node.first).toBe(held.node.first);
  world.pass(10);
  fast.push([4, 4, 4]);
  expect(world.weights()).toEqual([-1, 0, 1]);
  expect(fast.held).toMatchObject({ version: 4, node: { first: 0, count: 2 } });
  // It is sent nothing, not even parameters, until it has answered.
  expect(slow.last('parameters')?.version).toBe(3);
  slow.push([4, 4, 4], { held });
  expect(slow.last('refused')?.code).toBe('GRADIENT_LATE');
  expect(world.weights()).toEqual([-1, 0, 1]);
  world.pass(20);
  fast.push([0, 0, 0]);
  expect(slow.held).toMatchObject({ version: 5, node: { first: 0, count: 1 } });
});

test('a part of a slow node that was repeated settles; the rest of it is open once the whole is refused', () => {
  const { world, slow, fast } = slowAndFast(4);
  world.pass(20);
  fast.push([2, 0, 0]);
  const { held } = slow;
  expect(held.node).toMatchObject({ first: 0, count: 2 });
  world.pass(200);
  const third = world.join('third');
  world.job.tick();
  expect([fast.held.node, third.held.node].map(({ first, count }) => [first, count])).toEqual([
    [0, 1],
    [1, 1],
  ]);
  fast.push([1, 0, 0]);
  slow.push([2, 0, 0], { held });
  expect(slow.last('refused')?.code).toBe('GRADIENT_DUPLICATE');
  third.push([1, 0, 0]);
  expect(world.weights()).toEqual([0, 2, 3]);
});

test('a worker known to be slow gets nothing that the others are done with sooner, and is asked again after a second', () => {
  const world = createWorld({ microBatches: 2, epochs: 90, workers: ['slow', 'fast'] });
  const [slow, fast] = world.workers as [FakeWorker, FakeWorker];
  for (const { link } of world.workers) link.budget = 1_000;
  for (let step = 0; step < 2; step++) {
    world.pass(10);
    fast.push([0, 0, 0]);
    world.pass(200);
    slow.push([0, 0, 0]);
  }
  for (let step = 0; step < 51; step++) {
    world.job.tick();
    expect([slow.link.held.length, fast.held.node.count]).toEqual([0, 2]);
    world.pass(20);
    fast.push([0, 0, 0]);
  }
  world.job.tick();
  expect(slow.held.node.count).toBe(1);
});

test('a gradient job ends when its assignments are used up', () => {
  const world = createWorld({ microBatches: 1, epochs: 10 });
  const a = world.join('a');
  for (let step = 0; step < 4; step++) a.push([0, 0, 0]);
  expect(a.last('released')?.reason).toBe('served');
  expect(world.ended).toEqual([0]);
});

test('validation is evaluated on the version it belongs to, in slices added in order', async () => {
  const world = createWorld({ microBatches: 2, validationSamples: 600, workers: ['a', 'b'] });
  const [a, b] = world.workers;
  a!.push([0, 0, 0]);
  b!.push([0, 0, 0]);
  expect(a!.held).toMatchObject({ kind: 'evaluate', version: 1, node: { bounds: [0, 500] } });
  expect(b!.held).toMatchObject({ kind: 'evaluate', node: { bounds: [500, 600] } });
  b!.scores([100, 50, 80]);
  a!.scores([500, 250, 400]);
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
  const world = createWorld({ microBatches: 2, epochs: 5, workers: ['a', 'b'] });
  const [a, b] = world.workers;
  a!.push([0, 0, 0]);
  b!.push([0, 0, 0]);
  a!.push([9, 9, 9]);
  world.job.want('pause');
  await world.job.ended;
  expect(world.outcomes).toEqual([{ state: 'paused', step: 1 }]);
  expect(world.checkpoints).toContain(1);
  expect(a!.last('released')?.reason).toBe('handed-back');
  expect(world.weights()).toEqual([1, 2, 3]);
});

test('a pause in the middle of a large update completes it first', async () => {
  // 5 million elements: more than one turn of the event loop.
  const world = createWorld({ initial: [1, 2, 3], elements: 5_000_000, microBatches: 1, epochs: 5 });
  const a = world.join('a');
  a.push([4, 4, 4]);
  expect(world.state.version).toBe(0);
  world.job.want('pause');
  await world.job.ended;
  expect(world.outcomes).toEqual([{ state: 'paused', step: 1 }]);
  expect(world.weights()).toEqual([0, 1, 2]);
  expect(world.points.map(({ step }) => step)).toEqual([1]);
});

test('the observer hears where the time of each result and each step went', () => {
  const world = createWorld({ microBatches: 2, epochs: 2, workers: ['a', 'b'] });
  const [a, b] = world.workers;
  world.pass(10);
  a!.push([0, 0, 0]);
  world.pass(5);
  b!.push([0, 0, 0]);
  expect(world.times.units).toMatchObject([
    {
      kind: 'train',
      version: 0,
      first: 0,
      count: 1,
      worker: 'a',
      openedAt: 0,
      assignedAt: 0,
      receivedAt: 10,
    },
    { kind: 'train', version: 0, first: 1, count: 1, worker: 'b', openedAt: 0, acceptedAt: 15 },
  ]);
  expect(world.times.steps).toEqual([
    { step: 0, samples: 4, openedAt: 0, completedAt: 15, appliedAt: 15, reduceMs: 0, updateMs: 0 },
  ]);
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
    const header = { assignment: held.assignment, step: 0, microBatch: 0, count: 1 };
    world.job.failed(
      a.link,
      { ...header, type: 'FAILED', job: 0n, incarnation: 4, version: 0, payloadBytes: 0, payloadCheck: null },
      new DescentError('UNAVAILABLE', { part: 'The disk' }),
    );
  }
  await world.job.ended;
  expect(world.outcomes).toMatchObject([{ state: 'failed', error: { code: 'JOB_FAILED' } }]);
});

test('two workers that are lost over a micro-batch, and one that leaves, do not end the job', () => {
  const world = createWorld({ microBatches: 2, samples: 8, batchSize: 4, workers: ['a', 'b'] });
  const [a, b] = world.workers;
  expect([a!.held.node.first, b!.held.node.first]).toEqual([0, 1]);
  b!.push([1, 0, 0]);
  a!.break();
  // Who leaves by itself says nothing against the micro-batch.
  b!.leave();
  const c = world.join('c');
  expect(c.held.node.first).toBe(0);
  c.break();
  expect(world.outcomes).toEqual([]);
});

test('a micro-batch over which three workers are lost for good fails the job with the evidence, and takes no fourth', async () => {
  const world = createWorld({ microBatches: 2, samples: 8, batchSize: 4 });
  for (const name of ['a', 'b']) world.join(name).break();
  world.job.alive('b');
  world.join('c').break();
  expect(world.outcomes).toEqual([]);
  world.join('d').break();
  expect(world.join('e').link.held).toEqual([]);
  world.pass(1_999);
  world.job.tick();
  expect(world.outcomes).toEqual([]);
  world.pass(1);
  world.job.tick();
  await world.job.ended;
  expect(world.outcomes).toMatchObject([
    {
      state: 'failed',
      error: {
        code: 'JOB_FAILED',
        message: expect.stringContaining('3 workers were lost while they computed micro-batches 0 to'),
        details: { workers: ['a', 'c', 'd'] },
      },
    },
  ]);
});

test('a third worker that only lost its connection does not end the job: the micro-batch goes to a fourth', () => {
  const world = createWorld({ microBatches: 1, samples: 4, batchSize: 4 });
  for (const name of ['a', 'b', 'c']) world.join(name).break();
  const d = world.join('d');
  expect(d.link.held).toEqual([]);
  world.pass(500);
  world.job.alive('c');
  expect(d.held.node.first).toBe(0);
  world.pass(5_000);
  world.job.tick();
  expect(world.outcomes).toEqual([]);
});

test('a model over which three workers are lost before any has compiled it fails the job', async () => {
  const world = createWorld({ wantsPlan: true });
  for (const name of ['a', 'b', 'c']) world.join(name).break();
  world.pass(2_000);
  world.job.tick();
  await world.job.ended;
  expect(world.outcomes).toMatchObject([
    {
      state: 'failed',
      error: { details: { problem: expect.stringContaining('prepared the job: a, b, c') } },
    },
  ]);
});

test('workers that are lost while they compile what another has compiled are only replaced', () => {
  const world = createWorld({ wantsPlan: true });
  world.job.ready(world.join('works').link);
  for (const name of ['a', 'b', 'c']) world.join(name).break();
  world.pass(5_000);
  world.job.tick();
  expect(world.outcomes).toEqual([]);
});

test('workers that are lost over different steps are only replaced', () => {
  const world = createWorld({ microBatches: 1, samples: 12, batchSize: 4 });
  for (const name of ['a', 'b', 'c', 'd']) {
    world.join(name).break();
    const next = world.join(`${name}2`);
    if (world.state.version < 2) next.push([1, 0, 0]);
    next.leave();
  }
  expect(world.outcomes).toEqual([]);
});

test('from its last step on a job asks for no workers any more, however long its checkpoint takes', () => {
  const world = createWorld({ microBatches: 1, workers: ['a'] });
  expect(world.asksForWorkers).toBe(true);
  world.workers[0]!.push([1, 0, 0]);
  expect([world.asksForWorkers, world.outcomes]).toEqual([false, []]);
});
