import { expect, test } from 'vitest';
import { createWorld } from './training-job.fixture.ts';

/** Two micro-batches of two samples a step, plain sgd of rate 1: θ ← θ − (g₀ + g₁) / 4. */
const options = { samples: 4, batchSize: 4, microBatches: 2, epochs: 4 } as const;
/** An evaluation or a checkpoint after the last step alone, so that nothing stops in between. */
const unstopped = { ...options, samples: 16, epochs: 1 } as const;

test('a fast worker goes on with the next step, from the version that there is', () => {
  const world = createWorld({ ...unstopped, maxStaleness: 1, workers: ['fast', 'slow'] });
  const [fast, slow] = world.workers;
  expect([fast!.held, slow!.held]).toMatchObject([
    { step: 0, version: 0, node: { first: 0, count: 1 } },
    { step: 0, version: 0, node: { first: 1, count: 1 } },
  ]);
  fast!.push([4, 0, 0]);
  expect(fast!.held).toMatchObject({ step: 1, version: 0 });
});

test('updates are applied in the order of the steps, whichever is complete first', () => {
  const world = createWorld({ ...unstopped, maxStaleness: 1, workers: ['fast', 'slow'] });
  const [fast, slow] = world.workers;
  fast!.push([4, 0, 0]);
  while (fast!.link.held.length > 0) fast!.push([8, 0, 4].map((value) => value / fast!.held.node.count));
  // Step 1 is complete or all that is open of it is; step 2 would lack two updates.
  expect(world.state.version).toBe(0);
  expect(world.weights()).toEqual([1, 2, 3]);
  slow!.push([0, 4, 0]);
  expect(world.state.version).toBe(2);
  // 1 − 4/4 − (8 + 8)/4, 2 − 4/4, 3 − (4 + 4)/4
  expect(world.weights()).toEqual([-4, 1, 1]);
});

test('nothing is computed from parameters that lack more updates than allowed', () => {
  for (const maxStaleness of [0, 1, 2]) {
    const world = createWorld({ ...unstopped, maxStaleness, workers: ['fast', 'slow'] });
    const [fast, slow] = world.workers;
    const steps: number[] = [];
    while (fast!.link.held.length > 0) {
      const { step, version } = fast!.held;
      steps.push(step);
      expect(step - version).toBeLessThanOrEqual(maxStaleness);
      fast!.push([0, 0, 0]);
    }
    expect(Math.max(...steps)).toBe(maxStaleness);
    expect(slow!.held.step).toBe(0);
  }
});

test('no step goes past an evaluation or a checkpoint', () => {
  // An epoch is one step, and each is evaluated.
  const world = createWorld({ ...options, validationSamples: 10, maxStaleness: 8, workers: ['a', 'b'] });
  const [a, b] = world.workers;
  a!.push([0, 0, 0]);
  expect(a!.link.held).toEqual([]);
  b!.push([0, 0, 0]);
  expect([...a!.link.held, ...b!.link.held]).toMatchObject([{ kind: 'evaluate', version: 1, step: 1 }]);
});

test('staleness 0 makes the steps of a synchronous job', () => {
  const run = (maxStaleness: number | undefined) => {
    const world = createWorld({
      ...unstopped,
      ...(maxStaleness === undefined ? {} : { maxStaleness }),
      optimizer: { type: 'adam', learningRate: 0.1 },
      workers: ['a', 'b'],
    });
    for (let turn = 0; !world.outcomes.length && turn < 8; turn++)
      for (const worker of world.workers)
        if (worker.link.held.length > 0) worker.push([turn, turn - 3, worker.held.node.first]);
    return { weights: world.weights(), ledger: world.state.ledgerHash, version: world.state.version };
  };
  expect(run(0).version).toBe(4);
  expect(run(0)).toEqual(run(undefined));
});

test('what a lost worker held of an older step is computed by another, and every step is applied once and in order', () => {
  const world = createWorld({ ...unstopped, maxStaleness: 1, workers: ['fast', 'slow'] });
  const [fast, slow] = world.workers;
  fast!.push([4, 0, 0]);
  expect([fast!.held.step, slow!.held.step]).toEqual([1, 0]);
  slow!.break();
  for (let turn = 0; world.state.version < 4 && turn < 50; turn++) {
    if (fast!.link.serial === undefined) world.job.joined(fast!.link, 100 + turn);
    if (fast!.link.held.length > 0) fast!.push([4 * fast!.held.node.count, 0, 0]);
  }
  expect(world.points.map(({ step }) => step)).toEqual([1, 2, 3, 4]);
  expect(world.weights()).toEqual([1 - (4 * 8) / 4, 2, 3]);
});

test('all workers are lost in the middle of two steps, and the job goes on with the next that comes', () => {
  const world = createWorld({ ...unstopped, maxStaleness: 1, workers: ['a', 'b'] });
  const [a, b] = world.workers;
  a!.push([4, 0, 0]);
  a!.break();
  b!.break();
  const next = world.join('c');
  for (let turn = 0; world.state.version < 4 && turn < 50; turn++) {
    if (next.link.serial === undefined) world.job.joined(next.link, 100 + turn);
    if (next.link.held.length > 0) next.push([4 * next.held.node.count, 0, 0]);
  }
  expect(world.points.map(({ step }) => step)).toEqual([1, 2, 3, 4]);
  expect(world.weights()).toEqual([1 - (4 * 8) / 4, 2, 3]);
});
