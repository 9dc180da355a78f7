import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { JobCreate, Report, TrainingPlan, WorkerJoin } from '@descent/contracts';
import { createLogger } from '@descent/observability';
import { defaultTeamId, insertJob, type JobRecord, putParameterServer } from '@descent/storage';
import type { InjectOptions, LightMyRequestResponse } from 'fastify';
import { ulid } from 'ulid';
import { type App, type AppOptions, buildApp } from '../app.ts';
import { joinWorker } from '../workers/join-worker.ts';
import { createFakeQueue, type FakeQueue } from './fake-queue.ts';

export const serviceToken = 'a-service-token-for-tests';

export interface ApiFixture {
  readonly app: App;
  readonly dataDir: string;
  readonly queue: FakeQueue;
  readonly token: string;
  /** Milliseconds; tests move it. */
  readonly time: { now: number };
  /** As a signed-in user. */
  user(options: InjectOptions): Promise<LightMyRequestResponse>;
  /** As a parameter server or worker. */
  service(options: InjectOptions): Promise<LightMyRequestResponse>;
  /** A stored job that was never planned: for tests of what happens after. */
  storedJob(teamId?: string, asked?: Partial<JobCreate>): Promise<JobRecord>;
  /** With another token. */
  as(token: string): (options: InjectOptions) => Promise<LightMyRequestResponse>;
  /** Closes the api and opens it again on the same folder, as after a crash. */
  reopen(): Promise<ApiFixture>;
  close(): Promise<void>;
}

export async function openApi(
  options: Partial<AppOptions> & {
    dataDir?: string;
    token?: string;
    cluster?: 'empty';
    news?: AppOptions['queue']['news'];
  } = {},
): Promise<ApiFixture> {
  const dataDir = options.dataDir ?? (await mkdtemp(path.join(tmpdir(), 'descent-api-')));
  const queue = createFakeQueue();
  const time = { now: Date.parse('2026-01-01T00:00:00Z') };
  const app = await buildApp({
    serviceToken,
    queue: options.news === undefined ? queue : { ...queue, news: options.news },
    logger: createLogger({ name: 'api', level: 'silent', pretty: false }),
    clock: () => time.now,
    ...options,
    limits: {
      // Tests move the clock by hours; who is there stays.
      presenceMs: Number.MAX_SAFE_INTEGER,
      // They ask until something has happened.
      requestsPerSecond: 1e6,
      teamRequestsPerSecond: 1e6,
      ...options.limits,
    },
    dataDir,
  });
  if (options.cluster !== 'empty') {
    await joinWorker(app.context.db, exampleWorker, null, time.now);
    await putParameterServer(app.context.db, { ...exampleServer, heardAtMs: time.now });
  }
  const token = options.token ?? app.bootstrapToken ?? '';
  const as = (bearer: string) => (request: InjectOptions) =>
    app.server.inject({ ...request, headers: { authorization: `Bearer ${bearer}`, ...request.headers } });
  return {
    app,
    dataDir,
    queue,
    token,
    time,
    user: as(token),
    service: as(serviceToken),
    as,
    async storedJob(teamId = defaultTeamId, asked = {}) {
      const example = exampleJob(time.now);
      const job = { ...example, teamId, request: { ...example.request, ...asked } };
      await app.context.db
        .transaction()
        .execute((transaction) => insertJob(transaction, job, examplePlan(job)));
      return job;
    },
    async reopen() {
      await app.server.close();
      return openApi({ ...options, dataDir, token });
    },
    async close() {
      await app.server.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

export async function storedJobs({ app }: ApiFixture): Promise<number> {
  return (await app.context.db.selectFrom('jobs').select('id').execute()).length;
}

export const exampleWorker: WorkerJoin = {
  name: 'worker-1',
  engine: 'onnx',
  device: 'cpu',
  numericsClass: 'onnx-cpu-f32',
  threads: 1,
  flopsPerSecond: null,
};
const exampleServer = { name: 'ps', memoryBytes: 2 ** 33, remoteAddress: null };

export const exampleRequest: JobCreate = {
  model: {
    inputs: { x: { shape: [2] } },
    layers: [{ type: 'dense', units: 2 }],
    loss: { type: 'softmaxCrossEntropy', labels: 'label' },
    metrics: ['accuracy'],
  },
  data: { dataset: 'builtin:mnist' },
  training: { epochs: 2, batchSize: 4, optimizer: { type: 'sgd', learningRate: 0.1 } },
};

export function exampleJob(nowMs: number): JobRecord {
  return {
    id: `job_${ulid(nowMs)}`,
    teamId: defaultTeamId,
    priority: 0,
    name: 'example',
    state: 'queued',
    wanted: 'run',
    reason: 'Waits for a parameter server',
    createdAt: new Date(nowMs).toISOString(),
    startedAt: null,
    endedAt: null,
    queuedAtMs: nowMs,
    incarnation: 0,
    server: null,
    heardAtMs: null,
    reportSerial: -1,
    datasetId: 'builtin:mnist',
    request: exampleRequest,
    price: {
      parameters: 6,
      parameterBytes: 24,
      flopsPerStep: 100,
      workerMemoryBytes: 1000,
      serverMemoryBytes: 1000,
      wireBytesPerStep: 48,
      stepsPerEpoch: 5,
      steps: 10,
    },
    layers: [{ name: 'dense', type: 'dense', outputShape: ['batch', 2], parameters: 6, flops: 8 }],
    progress: { step: 0, steps: 10, epoch: 0, epochs: 2, samplesPerSecond: 0, etaSeconds: null, workers: 0 },
    latest: null,
    validation: null,
    best: {},
    graphHash: 'a'.repeat(64),
    datasetHash: 'b'.repeat(64),
    numericsClass: null,
    ledgerHash: null,
    weightsHash: null,
    error: null,
  };
}

export function examplePlan(job: JobRecord): TrainingPlan {
  return {
    jobId: job.id,
    request: job.request,
    manifest: {
      hash: job.datasetHash,
      columns: [
        {
          name: 'label',
          dtype: 'int32',
          shape: [],
          statistics: { minimum: 0, maximum: 1, mean: 0.5, standardDeviation: 0.5 },
        },
      ],
      splits: [{ name: 'train', count: 20, shards: [{ hash: 'c'.repeat(64), count: 20, bytes: 80 }] }],
    },
    microBatches: 2,
    seed: 0,
    samples: { train: 20, validation: 0 },
    price: job.price,
    graphHash: job.graphHash,
  };
}

/** A report of incarnation 1 that says: two workers compute. */
export function exampleReport(serial: number, more: Partial<Report> = {}): Report {
  return {
    incarnation: 1,
    serial,
    progress: { step: 1, steps: 10, epoch: 0.2, epochs: 2, samplesPerSecond: 50, etaSeconds: 1, workers: 2 },
    numericsClass: 'onnx-cpu-f32',
    points: [],
    events: [],
    outcome: null,
    ...more,
  };
}

export function trainPoint(step: number, loss = 1 / step): Report['points'][number] {
  return { step, epoch: step / 5, split: 'train', values: { loss }, time: '2026-01-01T00:00:01.000Z' };
}
