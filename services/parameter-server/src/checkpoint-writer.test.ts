import { DescentError } from '@descent/errors';
import { writeSums } from '@descent/gradient-channel';
import type { ParameterLayout } from '@descent/models';
import { decodeSafetensors } from '@descent/tensors';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { decodeCheckpoint } from './checkpoint.ts';
import { createCheckpointWriter } from './checkpoint-writer.ts';
import { emptyLedger } from './ledger.ts';
import { createTrainingState } from './training-state.ts';
import { createFakeTruth } from './truth.fixture.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const jobId = 'job_01JTESTTESTTESTTESTTESTTES';
const incarnation = 4;
const graphHash = 'a'.repeat(64);
const layout: ParameterLayout = {
  entries: [{ name: 'w', shape: [2], offset: 0, length: 2, initializer: 'zeros', trainable: true }],
  elements: 16,
  trainableElements: 16,
  gradientElements: 16,
};
const away = () => new DescentError('UNAVAILABLE', { part: 'The api' });
const stale = () => new DescentError('INCARNATION_STALE', { jobId, current: 5, given: incarnation });

/** A state that a step moves by −1 in every parameter, and a store whose writes the test completes. */
function createWorld() {
  const state = createTrainingState({
    layout,
    metrics: [],
    microBatches: 1,
    training: { epochs: 1, batchSize: 1, optimizer: { type: 'sgd', learningRate: 1, momentum: 0.5 } },
    steps: 10,
    start: {
      version: 0,
      ledgerHash: emptyLedger,
      evaluated: undefined,
      parameters: new Float32Array(16),
      slots: undefined,
    },
  });
  const fence = new AbortController();
  const events: { type: string; message: string; data: unknown }[] = [];
  const writes: { step: number; file: Uint8Array; done(): void; failed(error: Error): void }[] = [];
  const weights: Uint8Array[] = [];
  const world = {
    state,
    fence,
    events,
    writes,
    weights,
    delivered: Promise.resolve(),
    storeWeights: async () => ({ hash: 'hash-of-weights' }),
    /** One step whose mean gradient is `gradient` in each parameter. */
    step(gradient: number) {
      const slot = state.takeSlot();
      writeSums(slot.payload, { samples: 1, loss: 0, metrics: [] });
      slot.gradient.floats.fill(0).fill(gradient, 0, 2);
      if (state.apply([slot], 1)?.advance(16) === undefined) throw new Error('no buffer is free');
    },
    values: (index: number) => {
      const { step, file } = writes[index]!;
      const found = decodeCheckpoint(layout, graphHash, { jobId, step }, file);
      return { ...found, parameters: [...found.parameters.subarray(0, 2)] };
    },
  };
  const writer = createCheckpointWriter({
    truth: createFakeTruth({
      putCheckpoint(id, owner, step, file) {
        expect([id, owner]).toEqual([jobId, incarnation]);
        return new Promise((resolve, reject) => {
          writes.push({ step, file, done: () => resolve({ hash: `hash-${step}` }), failed: reject });
        });
      },
      putWeights(id, owner, file) {
        expect([id, owner]).toEqual([jobId, incarnation]);
        weights.push(file);
        return world.storeWeights();
      },
    }),
    jobId,
    incarnation,
    layout,
    graphHash,
    state,
    reporter: {
      point() {},
      quarantined() {},
      event: (type, message, data) => void events.push({ type, message, data }),
      delivered: () => world.delivered,
      finish: async () => {},
      abandon() {},
    },
    signal: fence.signal,
  });
  return { world, writer };
}

const settled = () => vi.advanceTimersByTimeAsync(0);

test('a checkpoint holds the state of the call, whatever the training does meanwhile', async () => {
  const { world, writer } = createWorld();
  world.step(2);
  writer.write({ version: 1, values: { loss: 0.5 } });
  const { ledgerHash } = world.state;
  world.step(8);
  world.step(8);
  await settled();
  expect(world.values(0)).toMatchObject({
    version: 1,
    ledgerHash,
    parameters: [-2, -2],
    evaluated: { version: 1, values: { loss: 0.5 } },
  });
  expect(world.values(0).slots?.get('momentum')?.[0]).toBe(2);
});

test('a checkpoint is stored when all that was reported before it is safe: nobody computes those steps again', async () => {
  const { world, writer } = createWorld();
  let safe = () => {};
  world.delivered = new Promise((resolve) => {
    safe = resolve;
  });
  world.step(1);
  writer.write(undefined);
  await settled();
  expect(world.writes).toEqual([]);
  safe();
  await settled();
  expect(world.writes.map(({ step }) => step)).toEqual([1]);
});

test('a stored checkpoint is an event with its hash and size', async () => {
  const { world, writer } = createWorld();
  world.step(1);
  writer.write(undefined);
  await settled();
  world.writes[0]!.done();
  await writer.idle();
  expect(world.events).toEqual([
    {
      type: 'checkpoint',
      message: 'Checkpoint at step 1',
      data: { step: 1, hash: 'hash-1', bytes: world.writes[0]!.file.byteLength },
    },
  ]);
});

test('while one is being written the latest that waits takes the place of the others', async () => {
  const { world, writer } = createWorld();
  for (const gradient of [1, 2, 3]) {
    world.step(gradient);
    writer.write(undefined);
  }
  world.step(100);
  await settled();
  expect(world.writes.map(({ step }) => step)).toEqual([1]);
  world.writes[0]!.done();
  await settled();
  expect(world.writes.map(({ step }) => step)).toEqual([1, 3]);
  // v = 1, 2.5, 4.25
  expect(world.values(1).parameters).toEqual([-7.75, -7.75]);
  world.writes[1]!.done();
  await writer.idle();
  expect(world.writes).toHaveLength(2);
});

test('idle resolves only when the one that waits is written too', async () => {
  const { world, writer } = createWorld();
  await writer.idle();
  for (const gradient of [1, 2]) {
    world.step(gradient);
    writer.write(undefined);
  }
  let idle = false;
  void writer.idle().then(() => {
    idle = true;
  });
  await settled();
  world.writes[0]!.done();
  await settled();
  expect(idle).toBe(false);
  world.writes[1]!.done();
  await settled();
  expect(idle).toBe(true);
});

test('while the disk is full there is one alarm, and the newest state is written as soon as there is room', async () => {
  const { world, writer } = createWorld();
  world.step(1);
  writer.write(undefined);
  await settled();
  world.writes[0]!.failed(new DescentError('STORAGE_FULL', {}));
  await vi.advanceTimersByTimeAsync(1_000);
  world.writes[1]!.failed(new DescentError('STORAGE_FULL', {}));
  world.step(1);
  writer.write(undefined);
  await vi.advanceTimersByTimeAsync(1_000);
  world.writes[2]!.done();
  await writer.idle();
  expect(world.writes.map(({ step }) => step)).toEqual([1, 1, 2]);
  expect(world.events).toMatchObject([
    {
      type: 'alarm',
      message:
        'The checkpoint at step 1 could not be stored: The disk below the data folder is full. Training goes on; the last good checkpoint stays',
      data: { step: 1, code: 'STORAGE_FULL' },
    },
    { type: 'checkpoint', data: { step: 2 } },
  ]);
});

test('a write that the api could not finish is an alarm; an api that is away is none', async () => {
  const { world, writer } = createWorld();
  world.step(1);
  writer.write(undefined);
  await settled();
  world.writes[0]!.failed(new DescentError('UNAVAILABLE', { part: 'The api', status: 500 }));
  await vi.advanceTimersByTimeAsync(1_000);
  world.writes[1]!.done();
  await settled();
  world.step(1);
  writer.write(undefined);
  await settled();
  world.writes[2]!.failed(away());
  await vi.advanceTimersByTimeAsync(1_000);
  world.writes[3]!.done();
  await writer.idle();
  expect(world.events.map(({ type }) => type)).toEqual(['alarm', 'checkpoint', 'log', 'checkpoint']);
});

test('a job that leaves tries what is left once more and does not wait for the disk', async () => {
  const { world, writer } = createWorld();
  world.step(1);
  writer.write(undefined);
  await settled();
  world.writes[0]!.failed(new DescentError('STORAGE_FULL', {}));
  await settled();
  const idle = writer.idle();
  await settled();
  world.writes[1]!.failed(new DescentError('STORAGE_FULL', {}));
  await idle;
  expect(world.writes).toHaveLength(2);
});

test('what the api refuses for good is not sent again', async () => {
  const { world, writer } = createWorld();
  world.step(1);
  writer.write(undefined);
  await settled();
  world.writes[0]!.failed(stale());
  await vi.advanceTimersByTimeAsync(10_000);
  expect(world.writes).toHaveLength(1);
});

test('nothing is written twice for one version, nor for the one it started from', async () => {
  const { world, writer } = createWorld();
  writer.write(undefined);
  expect(world.writes).toEqual([]);
  world.step(1);
  writer.write(undefined);
  writer.write(undefined);
  await settled();
  world.writes[0]!.done();
  await writer.idle();
  writer.write(undefined);
  expect(world.writes.map(({ step }) => step)).toEqual([1]);
});

test('weights are those of the current version and give their hash', async () => {
  const { world, writer } = createWorld();
  world.step(3);
  expect(await writer.weights()).toBe('hash-of-weights');
  expect([...decodeSafetensors(world.weights[0]!).tensors.get('w')!.data]).toEqual([-3, -3]);
});

test('weights are sent again every second until the api is back', async () => {
  const { world, writer } = createWorld();
  world.step(3);
  world.storeWeights = () => Promise.reject(away());
  const stored = writer.weights();
  await vi.advanceTimersByTimeAsync(59_999);
  expect(world.weights).toHaveLength(60);
  world.storeWeights = async () => ({ hash: 'hash-of-weights' });
  await vi.advanceTimersByTimeAsync(1);
  expect(await stored).toBe('hash-of-weights');
  expect(world.weights[60]).toEqual(world.weights[0]);
});

test('weights that the api refuses are not sent again', async () => {
  const { world, writer } = createWorld();
  world.storeWeights = () => Promise.reject(stale());
  await expect(writer.weights()).rejects.toMatchObject({ code: 'INCARNATION_STALE' });
  expect(world.weights).toHaveLength(1);
});

test('a fence ends the wait for the api, and no weights are sent after it', async () => {
  const { world, writer } = createWorld();
  world.storeWeights = () => Promise.reject(away());
  const stored = writer.weights();
  const rejected = expect(stored).rejects.toMatchObject({ name: 'AbortError' });
  await settled();
  world.fence.abort();
  await rejected;
  expect(vi.getTimerCount()).toBe(0);
  await expect(writer.weights()).rejects.toMatchObject({ name: 'AbortError' });
  expect(world.weights).toHaveLength(1);
});
