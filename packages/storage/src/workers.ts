import type { WorkerBeat, WorkerJoin } from '@descent/contracts';
import type { Selectable } from 'kysely';
import type { Database } from './database/database.ts';
import type { WorkersTable, WorkerWish } from './database/tables.ts';

export interface WorkerRecord extends WorkerJoin, WorkerBeat {
  readonly id: string;
  /** The token it joined with; null: one of our own processes. */
  readonly tokenId: string | null;
  /** The only team that it serves; null: all. */
  readonly lentTo: string | null;
  readonly wanted: WorkerWish;
  readonly joinedAtMs: number;
  readonly heardAtMs: number;
}

/** A worker with the member that its token is of. */
export interface OwnedWorker extends WorkerRecord {
  readonly owner: { readonly id: string; readonly name: string; readonly team: string } | null;
}

export async function insertWorker(db: Database, worker: WorkerRecord): Promise<void> {
  await db.insertInto('workers').values(toRow(worker)).execute();
}

/** By name of joining. */
export async function listWorkers(db: Database): Promise<OwnedWorker[]> {
  return (await owned(db).orderBy('workers.name').execute()).map(withOwner);
}

export async function findWorker(db: Database, id: string): Promise<OwnedWorker | null> {
  const row = await owned(db).where('workers.id', '=', id).executeTakeFirst();
  return row === undefined ? null : withOwner(row);
}

export async function findWorkerByName(db: Database, name: string): Promise<WorkerRecord | null> {
  const row = await db.selectFrom('workers').selectAll().where('name', '=', name).executeTakeFirst();
  return row === undefined ? null : fromRow(row);
}

export type WorkerChange = Partial<Pick<WorkerRecord, 'wanted' | 'heardAtMs'>> & Partial<WorkerBeat>;

/** Whether it is there. */
export async function changeWorker(db: Database, id: string, change: WorkerChange): Promise<boolean> {
  const result = await db
    .updateTable('workers')
    .set({
      ...(change.wanted === undefined ? {} : { wanted: change.wanted }),
      ...(change.job === undefined ? {} : { job_id: change.job }),
      ...(change.load === undefined ? {} : { load: change.load }),
      ...(change.samplesPerSecond === undefined ? {} : { samples_per_second: change.samplesPerSecond }),
      ...(change.heardAtMs === undefined ? {} : { heard_at_ms: change.heardAtMs }),
    })
    .where('id', '=', id)
    .executeTakeFirst();
  return result.numUpdatedRows === 1n;
}

export async function deleteWorker(db: Database, id: string): Promise<void> {
  await db.deleteFrom('workers').where('id', '=', id).execute();
}

export async function forgetWorkersBefore(db: Database, heardAtMs: number): Promise<void> {
  await db.deleteFrom('workers').where('heard_at_ms', '<', heardAtMs).execute();
}

/** Lets a worker read what this job's samples are in, until then. */
export async function grantJob(
  db: Database,
  workerId: string,
  jobId: string,
  untilMs: number,
): Promise<void> {
  await db
    .insertInto('worker_grants')
    .values({ worker_id: workerId, job_id: jobId, until_ms: untilMs })
    .onConflict((conflict) => conflict.columns(['worker_id', 'job_id']).doUpdateSet({ until_ms: untilMs }))
    .execute();
}

/** Jobs that workers of a token may read the samples of. */
export async function grantedJobs(db: Database, tokenId: string, nowMs: number): Promise<string[]> {
  const rows = await db
    .selectFrom('worker_grants')
    .innerJoin('workers', 'workers.id', 'worker_grants.worker_id')
    .select('worker_grants.job_id')
    .where('token_id', '=', tokenId)
    .where('until_ms', '>', nowMs)
    .execute();
  return rows.map((row) => row.job_id);
}

function owned(db: Database) {
  return db
    .selectFrom('workers')
    .leftJoin('tokens', 'tokens.id', 'workers.token_id')
    .leftJoin('members', 'members.id', 'tokens.member_id')
    .selectAll('workers')
    .select(['members.id as member_id', 'members.name as member_name', 'members.team_id as member_team']);
}

function withOwner(
  row: Selectable<WorkersTable> & {
    member_id: string | null;
    member_name: string | null;
    member_team: string | null;
  },
): OwnedWorker {
  const { member_id: id, member_name: name, member_team: team } = row;
  return {
    ...fromRow(row),
    owner: id === null ? null : { id, name: name ?? '', team: team ?? '' },
  };
}

function toRow(worker: WorkerRecord): WorkersTable {
  return {
    id: worker.id,
    name: worker.name,
    token_id: worker.tokenId,
    lent_to: worker.lentTo,
    wanted: worker.wanted,
    engine: worker.engine,
    device: worker.device,
    numerics_class: worker.numericsClass,
    threads: worker.threads,
    flops_per_second: worker.flopsPerSecond,
    job_id: worker.job,
    load: worker.load,
    samples_per_second: worker.samplesPerSecond,
    joined_at_ms: worker.joinedAtMs,
    heard_at_ms: worker.heardAtMs,
  };
}

function fromRow(row: Selectable<WorkersTable>): WorkerRecord {
  return {
    id: row.id,
    name: row.name,
    tokenId: row.token_id,
    lentTo: row.lent_to,
    wanted: row.wanted,
    engine: row.engine,
    device: row.device,
    numericsClass: row.numerics_class,
    threads: row.threads,
    flopsPerSecond: row.flops_per_second,
    job: row.job_id,
    load: row.load,
    samplesPerSecond: row.samples_per_second,
    joinedAtMs: Number(row.joined_at_ms),
    heardAtMs: Number(row.heard_at_ms),
  };
}
