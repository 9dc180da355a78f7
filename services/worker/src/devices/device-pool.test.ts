import { JobCreate, type TrainingPlan, validate } from '@descent/contracts';
import { DescentError } from '@descent/errors';
import { readTimings, sumsBlockBytes, timingsBytes, writeTimings } from '@descent/gradient-channel';
import { compileModel } from '@descent/models';
import { expect, test } from 'vitest';
import type { PreparedJob, Work } from '../prepared-job.ts';
import type { Device } from './device.ts';
import { createDevicePool, type DeviceLink } from './device-pool.ts';
import { createDeviceServer } from './device-server.ts';

const request = validate(JobCreate, {
  model: {
    inputs: { x: { shape: [2] } },
    layers: [{ type: 'dense', units: 1 }],
    loss: { type: 'meanSquaredError', labels: 'y' },
  },
  data: { dataset: 'builtin:trees', inputs: { x: { columns: ['a', 'b'] } } },
  training: { epochs: 1, batchSize: 8, microBatches: 8, optimizer: { type: 'sgd', learningRate: 0.1 } },
});
const plan = { request, microBatches: 8 } as unknown as TrainingPlan;
const { gradientElements, elements } = compileModel(request.model).layout;
const prefixBytes = sumsBlockBytes(0) + timingsBytes;

/** Numbers whose float32 sum depends on the order in which they are added. */
const gradientOf = (microBatch: number, version: number) =>
  Array.from({ length: gradientElements }, (_, index) =>
    Math.fround(Math.sin(microBatch * 7 + index) * 10 ** (microBatch % 5) + version),
  );

interface Spy extends Device {
  readonly computed: { readonly microBatch: number; readonly count: number }[];
  disposed: number;
}

/** Computes micro-batches as any device: each by itself, added along the tree. */
function fakeDevice(fail?: DescentError): Spy {
  const spy: Spy = {
    computed: [],
    disposed: 0,
    numericsClass: 'fake',
    receive: (length) => new Float32Array(length),
    async prepare(_plan, parameters): Promise<PreparedJob> {
      const sum = (from: number, to: number): Float32Array => {
        if (to - from === 1) return Float32Array.from(gradientOf(from, parameters[0]!));
        const middle = from + 2 ** (Math.ceil(Math.log2(to - from)) - 1);
        const right = sum(middle, to);
        return sum(from, middle).map((value, index) => value + right[index]!);
      };
      return {
        async compute({ kind, microBatch, bounds }) {
          if (fail !== undefined) throw fail;
          const count = bounds.length - 1;
          spy.computed.push({ microBatch, count });
          const payload = new Uint8Array(prefixBytes + (kind === 'train' ? 4 * gradientElements : 0));
          new Float64Array(payload.buffer, 0, 2).set([count, microBatch]);
          writeTimings(payload.subarray(sumsBlockBytes(0)), {
            wait: 1,
            pull: 2,
            data: 3,
            compute: 10 + microBatch,
            sum: 0,
          });
          if (kind === 'train')
            new Float32Array(payload.buffer, prefixBytes).set(sum(microBatch, microBatch + count));
          return { payload, release() {} };
        },
        lookAhead() {},
        dispose() {
          spy.disposed += 1;
        },
      };
    },
  };
  return spy;
}

const linkTo = (device: Device): DeviceLink => ({
  facts: { engine: 'onnx', device: 'cpu', numericsClass: device.numericsClass, flopsPerSecond: 1 },
  ask: createDeviceServer(device),
});
const poolOf = ([first, ...others]: readonly Device[]) =>
  createDevicePool([linkTo(first!), ...others.map(linkTo)]);

const work: Work = {
  kind: 'train',
  epoch: 0,
  bounds: [0, 1, 2, 3, 4, 5, 6, 7, 8],
  step: 4,
  microBatch: 0,
  pull: 1,
  waitMs: 0,
  pullMs: 0,
};

test.each([1, 2, 3, 8])(
  '%i devices give the bits of one, of the version that was received last',
  async (count) => {
    const gradientAfter = async (device: Device) => {
      const received = device.receive(elements);
      const job = await device.prepare(plan, received);
      const results: number[][] = [];
      for (const version of [1, 2]) {
        received.fill(version);
        const { payload, release } = await job.compute({ ...work, pull: version });
        const [samples] = new Float64Array(payload.slice().buffer, 0, 2);
        results.push([samples!, ...new Float32Array(payload.slice().buffer, prefixBytes)]);
        release();
      }
      return results;
    };
    const devices = Array.from({ length: count }, () => fakeDevice());
    expect(await gradientAfter(poolOf(devices))).toEqual(await gradientAfter(fakeDevice()));
    expect(devices.every(({ computed }) => computed.length === 2)).toBe(true);
  },
);

test('times of what ran side by side are those of the slower one', async () => {
  const pool = poolOf([fakeDevice(), fakeDevice()]);
  const job = await pool.prepare(plan, pool.receive(elements));
  const { payload } = await job.compute(work);
  const { sum, ...others } = readTimings(payload.subarray(sumsBlockBytes(0), prefixBytes));
  expect(others).toEqual({ wait: 1, pull: 2, data: 3, compute: 14 });
  expect(sum).toBeGreaterThanOrEqual(0);
});

test('an evaluation is cut as well; its result has no gradient', async () => {
  const devices = [fakeDevice(), fakeDevice()];
  const pool = poolOf(devices);
  const job = await pool.prepare(plan, pool.receive(elements));
  const { payload } = await job.compute({ ...work, kind: 'evaluate', bounds: [0, 4, 8, 9] });
  expect(payload.byteLength).toBe(prefixBytes);
  expect(new Float64Array(payload.slice().buffer, 0, 1)[0]).toBe(3);
  expect(devices.map(({ computed }) => computed)).toEqual([
    [{ microBatch: 0, count: 2 }],
    [{ microBatch: 2, count: 1 }],
  ]);
});

test('what a device throws is thrown by the pool, and the job can be disposed of', async () => {
  const error = new DescentError('ENGINE_RUN_FAILED', { engine: 'onnx', problem: 'no memory' });
  const devices = [fakeDevice(), fakeDevice(error)];
  const pool = poolOf(devices);
  const job = await pool.prepare(plan, pool.receive(elements));
  await expect(job.compute(work)).rejects.toBe(error);
  job.dispose();
  await expect.poll(() => devices.map(({ disposed }) => disposed)).toEqual([1, 1]);
});

test('devices of two numerics classes make no pool', () => {
  expect(() => poolOf([fakeDevice(), { ...fakeDevice(), numericsClass: 'other' }])).toThrow(
    /devices of one kind, not fake and other/,
  );
});
