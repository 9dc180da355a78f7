import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TrainingPlan } from '@descent/contracts';
import {
  type ChannelConnection,
  connectChannel,
  createChannelServer,
  createLease,
  decodeJson,
  type FrameFields,
  type FrameHeader,
  jobKey,
  type LeaseClaims,
} from '@descent/gradient-channel';
import { createDoor, type Door } from './door.ts';
import { createNumericsGate } from './numerics-gate.ts';
import { createQuarantine } from './quarantine.ts';
import type { RunningJob } from './running-job.ts';
import { createWorld } from './training-job.fixture.ts';

export const jobId = 'job_01JTESTTESTTESTTESTTESTTES';
export const incarnation = 4;
const hash = '0'.repeat(64);
const statistics = { minimum: 0, maximum: 1, mean: 0.5, standardDeviation: 0.5 };
export const plan: TrainingPlan = {
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

/** A worker that says exactly what the test wants and keeps what it hears. */
export interface Peer {
  readonly connection: ChannelConnection;
  send(fields: FrameFields, payload?: readonly Uint8Array[]): void;
  /** Left out: as one that may come in. */
  join(change?: { lease?: string; numericsClass?: string; incarnation?: number; job?: string }): void;
  ready(): void;
  /** The next frame of one of these types that it hears. One question at a time. */
  hear(...types: FrameHeader['type'][]): Promise<{ header: FrameHeader; payload: Uint8Array }>;
  readonly closed: Promise<void>;
}

export interface OpenDoor {
  readonly door: Door;
  readonly world: ReturnType<typeof createWorld>;
  /** Of the door; tests move it. */
  readonly time: { now: number };
  /** By default one that is good for a minute, of gradient job 0. */
  leaseOf(change?: Partial<LeaseClaims>, key?: Uint8Array): string;
  connect(): Promise<Peer>;
  close(): Promise<void>;
}

/** The door of a parameter server with one training job, on a socket. Gradient jobs 0 and 1 are open. */
export async function openDoor(): Promise<OpenDoor> {
  const leaseKey = randomBytes(32);
  const folder = await mkdtemp(join(tmpdir(), 'door-'));
  const time = { now: 0 };
  const world = createWorld({ microBatches: 2, epochs: 3 });
  const leaseOf: OpenDoor['leaseOf'] = (change = {}, key = leaseKey) =>
    createLease(key, { jobId, incarnation, serial: 0, expiresAt: Date.now() + 60_000, ...change });
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
  const door = createDoor({
    leaseKey,
    clock: () => time.now,
    findJob: (key) => (key === jobKey(jobId) ? job : undefined),
  });
  const server = await createChannelServer({
    address: `unix:${join(folder, 's')}`,
    connected: door.connected,
  });

  async function connect(): Promise<Peer> {
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
        lease = leaseOf(),
        numericsClass = 'class-a',
        incarnation: given = incarnation,
        job = jobId,
      } = {}) {
        const fields = { type: 'JOIN', job: jobKey(job), incarnation: given } as const;
        connection.sendJson(fields, { worker: 'w1', numericsClass, lease, wantsPlan: true, holds: 1 });
      },
      ready: () => connection.send({ type: 'READY', job: jobKey(jobId), incarnation }),
      async hear(...types) {
        for (;;) {
          const index = heard.findIndex(({ header }) => types.includes(header.type));
          if (index >= 0) return heard.splice(0, index + 1).at(-1)!;
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        }
      },
    };
    return peer;
  }

  return {
    door,
    world,
    time,
    leaseOf,
    connect,
    async close() {
      world.job.want('cancel');
      await server.close();
      await rm(folder, { recursive: true });
    },
  };
}

/** Why this peer was refused. */
export const refusal = async (of: Peer) => decodeJson('REFUSED', (await of.hear('REFUSED')).payload);
