import type { TrainingPlan } from '@descent/contracts';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { holdArtifacts, isHeld, releaseArtifacts } from './artifact-owners.ts';
import { dropOldCheckpoints, listCheckpoints, putCheckpoint, setCheckpointScores } from './checkpoints.ts';
import { type Database, openDatabase } from './database/database.ts';
import { changeDataset, findDataset, insertDataset } from './datasets.ts';
import { appendEvents, latestEvent, readEvents } from './events.ts';
import { findIdempotent, forgetIdempotentBefore, insertIdempotent } from './idempotency.ts';
import { changeCard, findCards, listSummaries, setStar } from './job-cards.ts';
import { changeJob, findJob, insertJob, type JobRecord, queuedJobIds, readPlan } from './jobs.ts';
import { putPoints, readPoints } from './metrics.ts';
import { defaultTeamId } from './teams.ts';
import { describeEachDatabase, type TestDatabase } from './testing/databases.ts';

let db: Database;

async function store(id: string, more: Partial<JobRecord> = {}): Promise<JobRecord> {
  const price = {
    parameters: 1,
    parameterBytes: 4,
    flopsPerStep: 1,
    workerMemoryBytes: 1,
    serverMemoryBytes: 1,
    wireBytesPerStep: 8,
    stepsPerEpoch: 1,
    steps: 1,
  };
  const job: JobRecord = {
    id,
    teamId: defaultTeamId,
    priority: 0,
    name: id,
    state: 'queued',
    wanted: 'run',
    reason: '',
    createdAt: '2026-01-01T00:00:00.000Z',
    startedAt: null,
    endedAt: null,
    queuedAtMs: 1,
    incarnation: 0,
    server: null,
    heardAtMs: null,
    reportSerial: -1,
    datasetId: 'ds_1',
    request: {
      model: { inputs: {}, loss: { type: 'meanSquaredError', labels: 'y' } },
      data: { dataset: 'ds_1' },
      training: { epochs: 1, batchSize: 1, optimizer: { type: 'sgd', learningRate: 1 } },
    },
    price,
    layers: [],
    progress: { step: 0, steps: 1, epoch: 0, epochs: 1, samplesPerSecond: 0, etaSeconds: null, workers: 0 },
    latest: null,
    validation: null,
    best: {},
    graphHash: 'g',
    datasetHash: 'd',
    numericsClass: null,
    ledgerHash: null,
    weightsHash: null,
    error: null,
    ...more,
  };
  const plan: TrainingPlan = {
    jobId: id,
    request: job.request,
    manifest: { hash: 'd', columns: [], splits: [] },
    microBatches: 3,
    seed: 7,
    samples: { train: 1, validation: 0 },
    price,
    graphHash: 'g',
  };
  await db.transaction().execute((transaction) => insertJob(transaction, job, plan));
  return job;
}

const point = (step: number, loss: number) => ({
  step,
  epoch: step,
  split: 'train' as const,
  values: { loss },
  time: '2026-01-01T00:00:00.000Z',
});

describeEachDatabase((create) => {
  let database: TestDatabase;
  beforeEach(async () => {
    database = await create();
    db = await openDatabase(database.place);
  });
  afterEach(async () => {
    await db.destroy();
    await database.remove();
  });

  test('a job is read as it was stored, and its plan apart', async () => {
    const job = await store('job_1', { validation: { loss: 0.5 } });
    expect(await findJob(db, 'job_1')).toEqual(job);
    expect(await readPlan(db, 'job_1')).toMatchObject({ microBatches: 3, seed: 7 });
    expect(await findJob(db, 'job_2')).toBe(null);
  });

  test('a change made on an old view of the job is refused', async () => {
    const seen = await store('job_1');
    expect(await changeJob(db, seen, { state: 'cancelled', endedAt: 'now' })).toBe(true);
    expect(await changeJob(db, seen, { state: 'preparing' })).toBe(false);
    expect(await findJob(db, 'job_1')).toMatchObject({ state: 'cancelled', endedAt: 'now' });
  });

  test('jobs are listed newest first, the line is oldest first', async () => {
    await store('job_1', { queuedAtMs: 30 });
    await store('job_2', { queuedAtMs: 10 });
    await store('job_3', { queuedAtMs: 20, state: 'running' });
    const ids = async (page: object) => {
      const seen = { memberId: 'mem_1', withParameters: false, limit: 9 };
      return (await listSummaries(db, { ...seen, ...page })).map(({ id }) => id);
    };
    expect(await ids({ limit: 2 })).toEqual(['job_3', 'job_2']);
    expect(await ids({ before: 'job_2' })).toEqual(['job_1']);
    expect(await ids({ state: 'queued' })).toEqual(['job_2', 'job_1']);
    await changeCard(db, 'job_1', { archivedAt: '2026-01-02T00:00:00Z' });
    expect(await ids({ archived: false })).toEqual(['job_3', 'job_2']);
    expect(await ids({ archived: true })).toEqual(['job_1']);
    expect(await queuedJobIds(db)).toEqual(['job_2', 'job_1']);
  });

  test('a job is filed with tags and notes for all, and with stars for one', async () => {
    await store('job_1');
    await changeCard(db, 'job_1', { tags: ['best', 'mnist'], notes: 'kept' });
    await setStar(db, { memberId: 'mem_1', jobId: 'job_1' }, true);
    await setStar(db, { memberId: 'mem_1', jobId: 'job_1' }, true);
    const seenBy = async (memberId: string) => (await findCards(db, ['job_1'], memberId)).get('job_1');
    const card = { owner: null, tags: ['best', 'mnist'], notes: 'kept', archivedAt: null };
    expect(await seenBy('mem_1')).toEqual({ ...card, starred: true });
    expect(await seenBy('mem_2')).toEqual({ ...card, starred: false });
    await setStar(db, { memberId: 'mem_1', jobId: 'job_1' }, false);
    expect((await seenBy('mem_1'))?.starred).toBe(false);
  });

  test('sequences of events count from 1, each job by itself', async () => {
    await store('job_1');
    await store('job_2');
    const event = { time: '', type: 'log' as const, message: 'hello', data: { a: 1 } };
    await appendEvents(db, 'job_1', [event, event]);
    await appendEvents(db, 'job_2', [event]);
    await appendEvents(db, 'job_1', [event]);
    const sequences = async (id: string, after = 0) =>
      (await readEvents(db, id, { after, limit: 10 })).map(({ sequence }) => sequence);
    expect(await sequences('job_1')).toEqual([1, 2, 3]);
    expect(await sequences('job_1', 2)).toEqual([3]);
    expect(await sequences('job_2')).toEqual([1]);
    const evaluated = { ...event, type: 'evaluated' as const, data: { step: 5 } };
    await appendEvents(db, 'job_1', [evaluated, event]);
    expect(await latestEvent(db, 'job_1', 'evaluated')).toEqual({ sequence: 4, ...evaluated });
    expect((await latestEvent(db, 'job_1', 'log'))?.sequence).toBe(5);
    expect(await latestEvent(db, 'job_2', 'evaluated')).toBeUndefined();
  });

  test('thousands of points go in at once', async () => {
    await store('job_1');
    await putPoints(
      db,
      'job_1',
      Array.from({ length: 5000 }, (_, step) => point(step, step)),
    );
    const [last] = (await readPoints(db, 'job_1', { after: 4999, limit: 10 })).slice(-1);
    expect(last).toMatchObject({ sequence: 5000, step: 4999, values: { loss: 4999 } });
  });

  test('a point that comes twice in one report counts once, with its last values', async () => {
    await store('job_1');
    await putPoints(db, 'job_1', [point(1, 0.9), point(1, 0.8)]);
    expect(await readPoints(db, 'job_1', { after: 0, limit: 10 })).toEqual([
      { sequence: 1, ...point(1, 0.8) },
    ]);
  });

  test('a checkpoint of the same step takes the place of the old one', async () => {
    await store('job_1');
    const checkpoint = { step: 5, hash: 'a', bytes: 1, createdAt: '', validation: null };
    await putCheckpoint(db, 'job_1', checkpoint);
    await putCheckpoint(db, 'job_1', { ...checkpoint, hash: 'b' });
    await setCheckpointScores(db, 'job_1', 5, { accuracy: 0.9 });
    expect(await listCheckpoints(db, 'job_1')).toEqual([
      { ...checkpoint, id: 'ck_5', hash: 'b', validation: { accuracy: 0.9 } },
    ]);
    await dropOldCheckpoints(db, 'job_1', 1);
    expect((await listCheckpoints(db, 'job_1')).length).toBe(1);
  });

  test('the newest checkpoints are kept, and the one with the lowest validation loss', async () => {
    await store('job_1');
    const losses = [0.9, 0.2, 0.5, 0.2, null, 0.4];
    for (const [index, loss] of losses.entries()) {
      const validation = loss === null ? null : { loss };
      await putCheckpoint(db, 'job_1', { step: index + 1, hash: 'h', bytes: 1, createdAt: '', validation });
    }
    const steps = async () => (await listCheckpoints(db, 'job_1')).map(({ step }) => step);
    await dropOldCheckpoints(db, 'job_1', 2);
    expect(await steps()).toEqual([6, 5, 4]);
    await dropOldCheckpoints(db, 'job_1', 1);
    expect(await steps()).toEqual([6, 4]);
  });

  test('of two uploads of one data set only one begins', async () => {
    const empty = {
      id: 'ds_1',
      name: '',
      state: 'empty',
      createdAt: '',
      manifest: null,
      error: null,
    } as const;
    await insertDataset(db, empty, defaultTeamId);
    expect(await changeDataset(db, 'ds_1', 'empty', { state: 'ingesting' })).toBe(true);
    expect(await changeDataset(db, 'ds_1', 'empty', { state: 'ingesting' })).toBe(false);
    expect(await findDataset(db, 'ds_1')).toMatchObject({ state: 'ingesting' });
  });

  test('a file is an orphan when its last owner lets go', async () => {
    await holdArtifacts(db, 'a', [
      { hash: 'x', bytes: 1 },
      { hash: 'y', bytes: 1 },
    ]);
    await holdArtifacts(db, 'b', [{ hash: 'x', bytes: 1 }]);
    await holdArtifacts(db, 'b', [{ hash: 'x', bytes: 1 }]);
    expect(await releaseArtifacts(db, 'a', ['none'])).toEqual(['y']);
    expect(await isHeld(db, 'x')).toBe(true);
    expect(await releaseArtifacts(db, 'b', ['x'])).toEqual([]);
    expect(await releaseArtifacts(db, 'b')).toEqual(['x']);
  });

  test('an idempotency key belongs to one token and is forgotten in time', async () => {
    await store('job_1');
    const request = { tokenId: 't', key: 'k', requestHash: 'h' };
    await insertIdempotent(db, request, 'job_1');
    await expect(insertIdempotent(db, request, 'job_1')).rejects.toThrow(/UNIQUE|PRIMARY|unique/);
    expect(await findIdempotent(db, 't', 'k')).toEqual({ requestHash: 'h', jobId: 'job_1' });
    expect(await findIdempotent(db, 'u', 'k')).toBe(null);
    await forgetIdempotentBefore(db, '9999');
    expect(await findIdempotent(db, 't', 'k')).toBe(null);
  });
});
