import type {
  BestScores,
  Job,
  JobCreate,
  JobError,
  JobState,
  LayerSummary,
  Price,
  Progress,
  Scores,
  TrainingPlan,
} from '@descent/contracts';
import type { Selectable } from 'kysely';
import type { Database } from './database/database.ts';
import type { JobPlansTable, JobsTable, WantedState } from './database/tables.ts';
import { insertCard } from './job-cards.ts';
import { parse, parseOrNull, text, textOrNull } from './json.ts';

/** A job as stored, without its plan (which holds the whole data set manifest: read it with `readPlan`). */
export interface JobRecord {
  readonly id: string;
  readonly teamId: string;
  /** Among the jobs of its team; higher goes first. */
  readonly priority: number;
  readonly name: string;
  readonly state: JobState;
  readonly wanted: WantedState;
  readonly reason: string;
  readonly createdAt: string;
  readonly startedAt: string | null;
  readonly endedAt: string | null;
  readonly queuedAtMs: number;
  readonly incarnation: number;
  readonly server: string | null;
  readonly heardAtMs: number | null;
  readonly reportSerial: number;
  readonly datasetId: string;
  readonly request: JobCreate;
  readonly price: Price;
  readonly layers: readonly LayerSummary[];
  readonly progress: Progress;
  readonly latest: Scores | null;
  readonly validation: Scores | null;
  readonly best: BestScores;
  readonly graphHash: string;
  readonly datasetHash: string;
  readonly numericsClass: string | null;
  readonly ledgerHash: string | null;
  readonly weightsHash: string | null;
  readonly error: JobError | null;
}

/** What may change after the job was stored. */
export type JobChange = Partial<
  Pick<
    JobRecord,
    | 'priority'
    | 'state'
    | 'wanted'
    | 'reason'
    | 'startedAt'
    | 'endedAt'
    | 'queuedAtMs'
    | 'incarnation'
    | 'server'
    | 'heardAtMs'
    | 'reportSerial'
    | 'progress'
    | 'latest'
    | 'validation'
    | 'best'
    | 'numericsClass'
    | 'ledgerHash'
    | 'weightsHash'
    | 'error'
  >
> & { readonly heldAtMs?: number | null; readonly progressedAtMs?: number | null };

const columns = [
  'id',
  'team_id',
  'priority',
  'name',
  'state',
  'wanted',
  'reason',
  'created_at',
  'started_at',
  'ended_at',
  'queued_at_ms',
  'incarnation',
  'server',
  'heard_at_ms',
  'report_serial',
  'dataset_id',
  'request',
  'price',
  'layers',
  'progress',
  'latest',
  'validation',
  'best',
  'graph_hash',
  'dataset_hash',
  'numerics_class',
  'ledger_hash',
  'weights_hash',
  'error',
] as const;

/** Call it in a transaction: a job is three rows. */
export async function insertJob(
  db: Database,
  job: JobRecord,
  plan: TrainingPlan,
  memberId: string | null = null,
): Promise<void> {
  await db
    .insertInto('jobs')
    .values({
      id: job.id,
      team_id: job.teamId,
      priority: job.priority,
      name: job.name,
      created_at: job.createdAt,
      dataset_id: job.datasetId,
      graph_hash: job.graphHash,
      dataset_hash: job.datasetHash,
      state: job.state,
      wanted: job.wanted,
      reason: job.reason,
      started_at: job.startedAt,
      ended_at: job.endedAt,
      queued_at_ms: job.queuedAtMs,
      incarnation: job.incarnation,
      server: job.server,
      heard_at_ms: job.heardAtMs,
      report_serial: job.reportSerial,
      progress: text(job.progress),
      latest: textOrNull(job.latest),
      validation: textOrNull(job.validation),
      best: text(job.best),
      numerics_class: job.numericsClass,
      ledger_hash: job.ledgerHash,
      weights_hash: job.weightsHash,
      error: textOrNull(job.error),
      server_bytes: job.price.serverMemoryBytes,
      flops: job.price.flopsPerStep * job.price.steps,
      max_workers: Math.min(job.request.maxWorkers ?? plan.microBatches, plan.microBatches),
    })
    .execute();
  await db
    .insertInto('job_plans')
    .values({
      job_id: job.id,
      request: text(job.request),
      price: text(job.price),
      layers: text(job.layers),
      plan: text(plan),
    })
    .execute();
  await insertCard(db, { jobId: job.id, memberId, request: job.request });
}

function selectJobs(db: Database) {
  return db.selectFrom('jobs').innerJoin('job_plans', 'job_plans.job_id', 'jobs.id').select(columns);
}

export async function findJob(db: Database, id: string): Promise<JobRecord | null> {
  const row = await selectJobs(db).where('id', '=', id).executeTakeFirst();
  return row === undefined ? null : fromRow(row);
}

export async function readPlan(db: Database, id: string): Promise<TrainingPlan | null> {
  const row = await db.selectFrom('job_plans').select('plan').where('job_id', '=', id).executeTakeFirst();
  return row === undefined ? null : parse<TrainingPlan>(row.plan);
}

/** In the order of their ids as given. */
export async function findJobs(db: Database, ids: readonly string[]): Promise<JobRecord[]> {
  if (ids.length === 0) return [];
  const rows = await selectJobs(db).where('id', 'in', ids).execute();
  const byId = new Map(rows.map((row) => [row.id, row]));
  return ids.flatMap((id) => {
    const row = byId.get(id);
    return row === undefined ? [] : [fromRow(row)];
  });
}

/** Ids of the waiting jobs, the next one first. */
export async function queuedJobIds(db: Database): Promise<string[]> {
  const rows = await db
    .selectFrom('jobs')
    .select('id')
    .where('state', '=', 'queued')
    .orderBy('queued_at_ms')
    .orderBy('id')
    .execute();
  return rows.map((row) => row.id);
}

/** The few fields of jobs that have not ended which decide what to do with them. */
export type ActiveJob = Pick<
  JobRecord,
  'id' | 'teamId' | 'priority' | 'state' | 'wanted' | 'incarnation' | 'server' | 'heardAtMs' | 'queuedAtMs'
> &
  Pick<Progress, 'workers' | 'etaSeconds'> & {
    /** Part of its steps that is done. */
    readonly done: number;
    /** Since when its server has it. */
    readonly heldAtMs: number | null;
    /** When that last applied an update. */
    readonly progressedAtMs: number | null;
    readonly serverBytes: number;
    /** Of the whole job; null: stored before it was kept. */
    readonly flops: number | null;
    readonly maxWorkers: number;
  };

/** First come first. @param of left out: all; else those that a server has, and these */
export async function activeJobs(
  db: Database,
  of?: { readonly waiting: readonly string[] },
): Promise<ActiveJob[]> {
  let query = db
    .selectFrom('jobs')
    .select([
      'id',
      'team_id',
      'priority',
      'state',
      'wanted',
      'incarnation',
      'server',
      'heard_at_ms',
      'queued_at_ms',
      'progress',
      'held_at_ms',
      'progressed_at_ms',
      'server_bytes',
      'flops',
      'max_workers',
    ])
    .orderBy('queued_at_ms')
    .orderBy('id');
  const held = ['preparing', 'running'] as const;
  if (of === undefined) query = query.where('state', 'in', ['queued', ...held]);
  else if (of.waiting.length === 0) query = query.where('state', 'in', held);
  else
    query = query.where(({ eb, and, or }) =>
      or([eb('state', 'in', held), and([eb('state', '=', 'queued'), eb('id', 'in', of.waiting)])]),
    );
  const rows = await query.execute();
  // Without spreading: this is read several times a second, and there may be thousands.
  return rows.map((row) => {
    const { workers, etaSeconds, step, steps } = parse<Progress>(row.progress);
    const isQueued = row.state === 'queued';
    return {
      id: row.id,
      teamId: row.team_id,
      priority: row.priority,
      state: row.state,
      wanted: row.wanted,
      incarnation: row.incarnation,
      server: row.server,
      heardAtMs: row.heard_at_ms,
      queuedAtMs: Number(row.queued_at_ms),
      heldAtMs: numberOrNull(row.held_at_ms),
      progressedAtMs: numberOrNull(row.progressed_at_ms),
      serverBytes: Number(row.server_bytes ?? 0),
      flops: row.flops,
      maxWorkers: row.max_workers ?? 1,
      workers: isQueued ? 0 : workers,
      etaSeconds: isQueued ? null : etaSeconds,
      done: steps === 0 ? 0 : step / steps,
    };
  });
}

/** Postgres gives 64-bit integers as text. */
function numberOrNull(value: number | null): number | null {
  return value === null ? null : Number(value);
}

/** Jobs of a team that have not ended. */
export async function countOpenJobs(db: Database, team: string): Promise<number> {
  const row = await db
    .selectFrom('jobs')
    .select((builder) => builder.fn.countAll<number>().as('count'))
    .where('team_id', '=', team)
    .where('state', 'in', ['queued', 'preparing', 'running', 'paused'])
    .executeTakeFirstOrThrow();
  return Number(row.count);
}

export async function jobNames(db: Database, ids: readonly string[]): Promise<Map<string, string>> {
  if (ids.length === 0) return new Map();
  const rows = await db.selectFrom('jobs').select(['id', 'name']).where('id', 'in', ids).execute();
  return new Map(rows.map((row) => [row.id, row.name]));
}

export async function countJobsByState(db: Database): Promise<Map<JobState, number>> {
  const rows = await db
    .selectFrom('jobs')
    .select((builder) => ['state', builder.fn.countAll<number>().as('count')])
    .groupBy('state')
    .execute();
  return new Map(rows.map((row) => [row.state, Number(row.count)]));
}

export async function jobsUsingDataset(db: Database, datasetId: string): Promise<string[]> {
  const rows = await db
    .selectFrom('jobs')
    .select('id')
    .where('dataset_id', '=', datasetId)
    .where('state', 'not in', ['succeeded', 'failed', 'cancelled'])
    .orderBy('id')
    .execute();
  return rows.map((row) => row.id);
}

/**
 * Changes a job only if nobody changed its state, wish or incarnation since it was read: two requests at once, one wins.
 * Returns whether it was changed.
 */
export async function changeJob(db: Database, seen: JobGuard, change: JobChange): Promise<boolean> {
  const result = await db
    .updateTable('jobs')
    .set(toRow(change))
    .where('id', '=', seen.id)
    .where('state', '=', seen.state)
    .where('wanted', '=', seen.wanted)
    .where('incarnation', '=', seen.incarnation)
    .executeTakeFirst();
  return result.numUpdatedRows === 1n;
}
export type JobGuard = Pick<JobRecord, 'id' | 'state' | 'wanted' | 'incarnation'>;

function toRow(change: JobChange): Partial<JobsTable> {
  const row: Partial<JobsTable> = {};
  if (change.priority !== undefined) row.priority = change.priority;
  if (change.state !== undefined) row.state = change.state;
  if (change.wanted !== undefined) row.wanted = change.wanted;
  if (change.reason !== undefined) row.reason = change.reason;
  if (change.startedAt !== undefined) row.started_at = change.startedAt;
  if (change.endedAt !== undefined) row.ended_at = change.endedAt;
  if (change.queuedAtMs !== undefined) row.queued_at_ms = change.queuedAtMs;
  if (change.incarnation !== undefined) row.incarnation = change.incarnation;
  if (change.server !== undefined) row.server = change.server;
  if (change.heardAtMs !== undefined) row.heard_at_ms = change.heardAtMs;
  if (change.reportSerial !== undefined) row.report_serial = change.reportSerial;
  if (change.progress !== undefined) row.progress = text(change.progress);
  if (change.latest !== undefined) row.latest = textOrNull(change.latest);
  if (change.validation !== undefined) row.validation = textOrNull(change.validation);
  if (change.best !== undefined) row.best = text(change.best);
  if (change.numericsClass !== undefined) row.numerics_class = change.numericsClass;
  if (change.ledgerHash !== undefined) row.ledger_hash = change.ledgerHash;
  if (change.weightsHash !== undefined) row.weights_hash = change.weightsHash;
  if (change.error !== undefined) row.error = textOrNull(change.error);
  if (change.heldAtMs !== undefined) row.held_at_ms = change.heldAtMs;
  if (change.progressedAtMs !== undefined) row.progressed_at_ms = change.progressedAtMs;
  return row;
}

function fromRow(row: Pick<Selectable<JobsTable & JobPlansTable>, (typeof columns)[number]>): JobRecord {
  return {
    id: row.id,
    teamId: row.team_id,
    priority: row.priority,
    name: row.name,
    state: row.state,
    wanted: row.wanted,
    reason: row.reason,
    createdAt: row.created_at,
    startedAt: row.started_at,
    endedAt: row.ended_at,
    queuedAtMs: row.queued_at_ms,
    incarnation: row.incarnation,
    server: row.server,
    heardAtMs: row.heard_at_ms,
    reportSerial: row.report_serial,
    datasetId: row.dataset_id,
    request: parse<JobCreate>(row.request),
    price: parse<Price>(row.price),
    layers: parse<Job['layers']>(row.layers),
    progress: parse<Progress>(row.progress),
    latest: parseOrNull<Scores>(row.latest),
    validation: parseOrNull<Scores>(row.validation),
    best: parseOrNull<BestScores>(row.best) ?? {},
    graphHash: row.graph_hash,
    datasetHash: row.dataset_hash,
    numericsClass: row.numerics_class,
    ledgerHash: row.ledger_hash,
    weightsHash: row.weights_hash,
    error: parseOrNull<JobError>(row.error),
  };
}
