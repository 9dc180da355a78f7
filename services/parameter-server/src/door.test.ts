import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TrainingPlan } from '@descent/contracts';
import {
  type ChannelConnection,
  type ChannelServer,
  connectChannel,
  createChannelServer,
  createLease,
  decodeJson,
  type FrameFields,
  type FrameHeader,
  jobKey,
} from '@descent/gradient-channel';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createDoor, type Door } from './door.ts';
import { createNumericsGate } from './numerics-gate.ts';
import { createQuarantine } from './quarantine.ts';
import type { RunningJob } from './running-job.ts';
import { createWorld } from './training-job.fixture.ts';

const jobId = 'job_01JTESTTESTTESTTESTTESTTES';
const incarnation = 4;
const leaseKey = randomBytes(32);
const hash = '0'.repeat(64);
const statistics = { minimum: 0, maximum: 1, mean: 0.5, standardDeviation: 0.5 };
const plan: TrainingPlan = {
  jobId,
  microBatches: 2,
  seed: 0,
  samples: { train: 4, validation: 0 },
  graphHash: hash,
  manifest: {
    hash,
    columns: [{ name: 'x', dtype: 'float32', shape: [], statistics }],
    splits: [{ name: 'train', count: 4, shards: [{ hash, count: 4, bytes: 16 }] }],
  },
  request: {
    model: { inputs: { x: { shape: [1] } }, layers: [], loss: { type: 'meanSquaredError', labels: 'y' } },
    data: { dataset: 'builtin:test' },
    training: { epochs: 3, batchSize: 4, optimizer: { type: 'sgd', learningRate: 1 } },
  },
  price: {
    parameters: 3,
    parameterBytes: 12,
    flopsPerStep: 1,
    workerMemoryBytes: 1,
    serverMemoryBytes: 1,
    wireBytesPerStep: 1,
    stepsPerEpoch: 1,
    steps: 3,
  },
};

let folder: string;
let server: ChannelServer;
let door: Door;
let now: number;
let world: ReturnType<typeof createWorld>;
let peer: Peer;

/** A worker that says exactly what the test wants and keeps what it hears. */
interface Peer {
  readonly connection: ChannelConnection;
  send(fields: FrameFields, payload?: readonly Uint8Array[]): void;
  join(change?: { lease?: string; numericsClass?: string; incarnation?: number; job?: string }): void;
  ready(): void;
  /** The next frame of this type that it hears. */
  hear(type: FrameHeader['type']): Promise<{ header: FrameHeader; payload: Uint8Array }>;
  readonly closed: Promise<void>;
}

const leaseFor = (serial: number, expiresAt = Date.now() + 60_000) =>
  createLease(leaseKey, { jobId, incarnation, serial, expiresAt });

const leaseOf = (change: Partial<Parameters<typeof createLease>[1]>, key = leaseKey) =>
  createLease(key, { jobId, incarnation, serial: 0, expiresAt: Date.now() + 60_000, ...change });

async function connectPeer(): Promise<Peer> {
  const heard: { header: FrameHeader; payload: Uint8Array }[] = [];
  let wake = () => {};
  let close = () => {};
  const closed = new Promise<void>((resolve) => {
    close = resolve;
  });
  const connection = await connectChannel(server.address, () => ({
    target: (header) => new Uint8Array(header.payloadBytes),
    frame(header, payload) {
      heard.push({ header, payload });
      wake();
    },
    refused() {},
    closed: () => close(),
  }));
  const peer: Peer = {
    connection,
    closed,
    send: (fields, payload) => connection.send(fields, payload),
    join({
      lease = leaseFor(0),
      numericsClass = 'class-a',
      incarnation: given = incarnation,
      job = jobId,
    } = {}) {
      const fields = { type: 'JOIN', job: jobKey(job), incarnation: given } as const;
      connection.sendJson(fields, { worker: 'w1', numericsClass, lease, wantsPlan: true, holds: 1 });
    },
    ready: () => connection.send({ type: 'READY', job: jobKey(jobId), incarnation }),
    async hear(type) {
      for (;;) {
        const index = heard.findIndex(({ header }) => header.type === type);
        if (index >= 0) return heard.splice(0, index + 1).at(-1)!;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
  };
  return peer;
}

const refusal = async (of: Peer) => decodeJson('REFUSED', (await of.hear('REFUSED')).payload);

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'door-'));
  now = 0;
  world = createWorld({ microBatches: 2, epochs: 3 });
  const joined = new Map<number, string>();
  const job: RunningJob = {
    jobId,
    incarnation,
    plan,
    elements: 16,
    metrics: [{ name: 'accuracy', sums: 1, settings: { type: 'accuracy' } }],
    quarantine: createQuarantine(jobId, ['liar']),
    training: world.job,
    gradientJobs: {
      join(serial, worker) {
        if (serial > 1 || (joined.get(serial) ?? worker) !== worker) return false;
        joined.set(serial, worker);
        return true;
      },
      ending() {},
      ended() {},
      order() {},
      demand: () => ({ waiting: 0, waitedMs: 0, serving: 0, seconds: null }),
      refill: async () => {},
      close: async () => {},
    },
    numerics: createNumericsGate('strict', 'class-a'),
  };
  door = createDoor({
    leaseKey,
    clock: () => now,
    findJob: (key) => (key === jobKey(jobId) ? job : undefined),
  });
  server = await createChannelServer({ address: `unix:${join(folder, 's')}`, connected: door.connected });
  peer = await connectPeer();
});

afterEach(async () => {
  world.job.want('cancel');
  peer.connection.destroy();
  await server.close();
  await rm(folder, { recursive: true });
});

test('a worker with a valid lease is welcomed and gets parameters, then work', async () => {
  peer.join();
  peer.ready();
  const welcome = decodeJson('WELCOME', (await peer.hear('WELCOME')).payload);
  expect(welcome).toEqual({ plan, elements: 16 });
  const { header, payload } = await peer.hear('PARAMETERS');
  expect(header.version).toBe(0);
  expect([...new Float32Array(payload.slice().buffer, 0, 3)]).toEqual([1, 2, 3]);
  expect((await peer.hear('ASSIGN')).header).toMatchObject({
    step: 0,
    microBatch: 0,
    count: 2,
    assignment: 1,
  });
});

test('a worker that has not said that it is ready gets no work', async () => {
  const fields = { type: 'JOIN', job: jobKey(jobId), incarnation } as const;
  const hello = { worker: 'w1', numericsClass: 'class-a', lease: leaseFor(0), wantsPlan: true, holds: 1 };
  peer.connection.sendJson(fields, hello);
  await peer.hear('WELCOME');
  world.job.tick();
  expect(world.events.map(({ type }) => type)).toEqual(['worker-joined']);
  expect(world.join('other').held.node.count).toBe(2);
});

test('a gradient over the wire is received, counted and answered', async () => {
  peer.join();
  peer.ready();
  const { header } = await peer.hear('ASSIGN');
  const { type: _, payloadBytes: __, payloadCheck: ___, ...fields } = header;
  const sums = new Uint8Array(64);
  new Float64Array(sums.buffer).set([4, 1, 0]);
  const timings = new Uint8Array(64);
  new Float32Array(timings.buffer).set([0, 1, 2, 40, 3]);
  peer.send({ ...fields, type: 'GRADIENT' }, [sums, timings, new Uint8Array(new Float32Array(16).buffer)]);
  const about = { step: 0, microBatch: 0, count: 2, assignment: 1 };
  expect((await peer.hear('ACCEPTED')).header).toMatchObject(about);
  expect((await peer.hear('ASSIGN')).header).toMatchObject({ step: 1, microBatch: 0, assignment: 2 });
  expect(world.times.units[0]?.work).toEqual({ wait: 0, pull: 1, data: 2, compute: 40, sum: 3 });
});

test('a gradient of the wrong length is refused over the wire and the connection stays in step', async () => {
  peer.join();
  peer.ready();
  const { header } = await peer.hear('ASSIGN');
  const { type: _, payloadBytes: __, payloadCheck: ___, ...fields } = header;
  peer.send({ ...fields, type: 'GRADIENT' }, [new Uint8Array(68)]);
  expect((await refusal(peer)).code).toBe('FRAME_LENGTH');
  expect((await peer.hear('ASSIGN')).header).toMatchObject({ step: 0, microBatch: 0, assignment: 2 });
});

// What callers of the API can hold (docs/protocol.md): the door knows no tokens, only leases. Whose worker is given which lease, and
// that a revoked, expired or lent-elsewhere token is given none, is held by the routes of the api.
test.each([
  ['a user token', () => 'dsc_0123456789ABCDEFGHJKMNPQRSTVWXYZ012345'],
  ['a worker token', () => 'dsc_ZYXWVTSRQPNMKJHGFEDCBA9876543210543210'],
  ['the service token', () => 'a-service-token-for-tests'],
  ['a lease of another team’s job', () => leaseOf({ jobId: 'job_01JANOTHERANOTHERANOTHERAN' })],
  ['a lease from before a take-over', () => leaseOf({ incarnation: incarnation - 1 })],
  ['a lease that has expired', () => leaseOf({ expiresAt: Date.now() - 1 })],
  ['a lease of a gradient job that is not open', () => leaseOf({ serial: 7 })],
  ['a lease under another key', () => leaseOf({}, randomBytes(32))],
  ['a lease with one letter changed', () => leaseOf({}).replace(/.$/, (end) => (end === 'A' ? 'B' : 'A'))],
])('who comes to the door with %s is refused, and gets no parameters', async (_holds, lease) => {
  peer.join({ lease: lease() });
  peer.ready();
  expect((await refusal(peer)).code).toBe('LEASE_INVALID');
  expect(world.events).toEqual([]);
});

test('a forged, an expired and a used-up lease are refused', async () => {
  peer.join({
    lease: createLease(randomBytes(32), { jobId, incarnation, serial: 0, expiresAt: Date.now() + 1e6 }),
  });
  expect((await refusal(peer)).code).toBe('LEASE_INVALID');
  peer.join({ lease: leaseFor(0, Date.now() - 1) });
  expect((await refusal(peer)).code).toBe('LEASE_INVALID');
  peer.join({ lease: leaseFor(7) });
  expect((await refusal(peer)).code).toBe('LEASE_INVALID');
});

test('a worker of another incarnation, job or numerics class is refused by name', async () => {
  peer.join({ incarnation: 3 });
  expect((await refusal(peer)).code).toBe('INCARNATION_STALE');
  peer.join({ job: 'job_01JANOTHERANOTHERANOTHERAN' });
  expect((await refusal(peer)).code).toBe('JOB_NOT_FOUND');
  peer.join({ numericsClass: 'class-b' });
  expect((await refusal(peer)).code).toBe('NUMERICS_CLASS_MISMATCH');
});

test('a peer that sends a gradient before it has joined is cut off', async () => {
  peer.send({ type: 'GRADIENT', job: jobKey(jobId), incarnation }, [new Uint8Array(64)]);
  await peer.closed;
  expect(world.weights()).toEqual([1, 2, 3]);
});

test('a worker whose heartbeats stop is cut off and its work given to another', async () => {
  peer.join();
  peer.ready();
  await peer.hear('ASSIGN');
  const heart = await connectPeer();
  heart.connection.sendJson(
    { type: 'HEARTBEAT', job: jobKey(jobId), incarnation },
    { worker: 'w1', lease: leaseFor(0) },
  );
  await heart.hear('ACCEPTED');
  now = 1_999;
  door.sweep();
  expect(peer.connection.isOpen).toBe(true);
  now = 2_000;
  door.sweep();
  await peer.closed;
  expect(world.events.map(({ type }) => type)).toContain('worker-left');
  const other = world.join('other');
  expect(other.held.node.first).toBe(0);
  heart.connection.destroy();
});

test('a heartbeat of a worker that has no connection here is refused: it must not wait for work', async () => {
  const heart = await connectPeer();
  const beat = () =>
    heart.connection.sendJson(
      { type: 'HEARTBEAT', job: jobKey(jobId), incarnation },
      { worker: 'w1', lease: leaseFor(0) },
    );
  beat();
  expect((await refusal(heart)).code).toBe('LEASE_INVALID');
  peer.join();
  await peer.hear('WELCOME');
  beat();
  await heart.hear('ACCEPTED');
  heart.connection.destroy();
});
