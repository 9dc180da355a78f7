import { expect, test } from 'vitest';
import { createAudit } from './audit.ts';
import { createQuarantine } from './quarantine.ts';
import { createWorld, type FakeWorker } from './training-job.fixture.ts';
import { createVouching } from './vouching.ts';

/** Two micro-batches of two samples a step, plain sgd of rate 1: θ ← θ − (g₀ + g₁) / 4; no evaluation, a checkpoint at the end. */
const options = { samples: 40, batchSize: 4, microBatches: 2, audit: 1 } as const;
const right = [4, 0, 0];
const wrong = [5, 0, 0];

/** Everybody computes what it holds until the version is there; `gradientOf` says what. */
async function computeUntil(
  world: ReturnType<typeof createWorld>,
  version: number,
  workers: readonly FakeWorker[],
  gradientOf: (worker: FakeWorker) => readonly number[] = () => right,
) {
  for (let turns = 0; world.state.version < version && world.outcomes.length === 0; turns++) {
    if (turns > 3_000) throw new Error(`version ${version} is never reached`);
    world.pass(60);
    world.job.tick();
    // An end takes a few turns.
    await new Promise((resolve) => setImmediate(resolve));
    for (const worker of workers) {
      const { link } = worker;
      if (link.serial === undefined && worker.last('released')?.reason === 'served')
        world.job.joined(link, 100 + turns);
      if (link.held.length === 0) continue;
      const { count } = worker.held.node;
      worker.push(gradientOf(worker).map((value) => value * count));
    }
  }
}

test('a gradient counts when another worker has computed the same', async () => {
  const world = createWorld({ ...options, workers: ['a', 'b', 'c'] });
  const [a, b, c] = world.workers as [FakeWorker, FakeWorker, FakeWorker];
  const first = a.held;
  a.push(right);
  expect(a.told.at(-1)).not.toMatchObject({ type: 'refused' });
  expect(c.held.node).toBe(first.node);
  b.push(right);
  expect(world.state.version).toBe(0);
  c.push(right);
  await computeUntil(world, 1, [a, b, c]);
  expect(world.weights()).toEqual([1 - 8 / 4, 2, 3]);
});

test('of two that differ a third decides; the wrong one has no work any more, and the job goes on', async () => {
  const world = createWorld({ ...options, workers: ['a', 'b', 'liar'] });
  const [a, b, liar] = world.workers as [FakeWorker, FakeWorker, FakeWorker];
  await computeUntil(world, 3, [a, b, liar], (worker) => (worker === liar ? wrong : right));
  expect(world.quarantined).toMatchObject([{ worker: 'liar', since: null }]);
  expect(liar.link.held).toEqual([]);
  expect(liar.last('released')).toEqual({ type: 'released', reason: 'ended' });
  expect(world.weights()).toEqual([1 - (3 * 8) / 4, 2, 3]);
  expect(world.events.filter(({ type }) => type === 'alarm').map(({ message }) => message)).toEqual([
    expect.stringMatching(/computed different gradients .* a third one decides/),
    expect.stringMatching(/^Worker liar computed a wrong gradient .* nothing of its work counts/),
  ]);
});

test('what the wrong one gave since an audit last spoke for it is computed again, by another server', async () => {
  const world = createWorld({ ...options, samples: 4_000, audit: 0.05, workers: ['liar', 'a', 'b'] });
  const [liar] = world.workers as [FakeWorker, FakeWorker, FakeWorker];
  await computeUntil(world, 1_000, world.workers, (worker) => (worker === liar ? wrong : right));
  await Promise.resolve();
  expect(world.quarantined).toMatchObject([{ worker: 'liar', since: 0 }]);
  expect(world.outcomes).toMatchObject([
    { state: 'queued', reason: expect.stringContaining('Worker liar computed wrong gradients') },
  ]);
  expect(world.checkpoints.at(-1) ?? 0).toBeLessThan(world.state.version);
});

test('what an audit found right before is kept: only later steps are computed again', async () => {
  const world = createWorld({ ...options, samples: 4_000, audit: 0.2, workers: ['a', 'b', 'liar'] });
  const [, , liar] = world.workers as [FakeWorker, FakeWorker, FakeWorker];
  const from = 50;
  await computeUntil(world, 1_000, world.workers, (worker) =>
    worker === liar && world.state.version >= from ? wrong : right,
  );
  const [found] = world.quarantined;
  expect(found).toMatchObject({ worker: 'liar', since: expect.any(Number) });
  expect(found!.since!).toBeGreaterThan(from - 50);
  expect(found!.since!).toBeLessThanOrEqual(found!.step);
});

test('a worker that is alone is taken at its word, and a checkpoint says that nobody spoke for it', async () => {
  const world = createWorld({ ...options, workers: ['a'] });
  await computeUntil(world, 2, world.workers);
  expect(world.weights()).toEqual([1 - (2 * 8) / 4, 2, 3]);
  expect([...world.vouching.below(2)]).toEqual([['a', 0]]);
});

test('a result whose second worker is gone for good counts', async () => {
  const world = createWorld({ ...options, workers: ['a', 'b'] });
  const [a, b] = world.workers as [FakeWorker, FakeWorker];
  a.push(right);
  expect(world.state.version).toBe(0);
  b.leave();
  await computeUntil(world, 1, [a]);
  expect(world.state.version).toBe(1);
});

test('two that differ wait for a third, however long it takes', async () => {
  const world = createWorld({ ...options, workers: ['a', 'liar'] });
  const [a, liar] = world.workers as [FakeWorker, FakeWorker];
  a.push(right);
  liar.push(wrong);
  for (const worker of [a, liar, a, liar])
    if (worker.link.held.length > 0) worker.push(worker === liar ? wrong : right);
  for (let turn = 0; turn < 100; turn++) {
    world.pass(1_000);
    world.job.tick();
  }
  expect(world.state.version).toBe(0);
  const third = world.join('b');
  await computeUntil(world, 1, [third, a, liar], (worker) => (worker === liar ? wrong : right));
  expect(world.quarantined).toMatchObject([{ worker: 'liar' }]);
  expect(world.weights()).toEqual([1 - 8 / 4, 2, 3]);
});

test('three that differ end the job, with their names', async () => {
  const world = createWorld({ ...options, workers: ['a', 'b', 'c'] });
  const values = new Map(world.workers.map((worker, index) => [worker, [index, 0, 0]]));
  await computeUntil(world, 1, world.workers, (worker) => values.get(worker)!);
  await Promise.resolve();
  expect(world.outcomes).toMatchObject([{ state: 'failed', error: { code: 'JOB_FAILED' } }]);
  expect(JSON.stringify(world.outcomes)).toMatch(/computed as many different gradients/);
});

test('a worker alone in finding a gradient not finite is wrong, and the job does not diverge', async () => {
  const world = createWorld({ ...options, workers: ['a', 'b', 'liar'] });
  const [a, , liar] = world.workers as [FakeWorker, FakeWorker, FakeWorker];
  a.push(right);
  expect(liar.held.node.first).toBe(0);
  liar.push([Number.NaN, 0, 0]);
  await computeUntil(world, 1, world.workers);
  expect(world.quarantined).toMatchObject([{ worker: 'liar' }]);
  expect(world.weights()).toEqual([1 - 8 / 4, 2, 3]);
  expect(world.outcomes).toEqual([]);
});

test('a result for a part of what is being compared comes too late', async () => {
  const world = createWorld({
    ...options,
    microBatches: 4,
    batchSize: 8,
    holds: 1,
    workers: ['a', 'b', 'c'],
  });
  const { workers } = world;
  await computeUntil(world, 1, workers);
  expect(
    world.times.units.filter(({ version }) => version === 0).reduce((sum, { count }) => sum + count, 0),
  ).toBe(4);
});

test('which micro-batches are audited follows from seed, step and place', () => {
  const draw = (seed: number, share: number) => {
    const quarantine = createQuarantine('job');
    const audit = createAudit({ share, seed, vouching: createVouching(), quarantine });
    return Array.from({ length: 20_000 }, (_, index) =>
      audit.isDue(index >> 3, { first: index & 7, count: 1, bounds: [0, 1] }),
    );
  };
  expect(draw(1, 0.05)).toEqual(draw(1, 0.05));
  expect(draw(1, 0.05)).not.toEqual(draw(2, 0.05));
  expect(draw(1, 0.05).filter(Boolean).length / 20_000).toBeCloseTo(0.05, 2);
  expect(draw(1, 1).every(Boolean)).toBe(true);
});
