import type { Checkpoint, Scores } from '@descent/contracts';
import type { Database } from './database/database.ts';
import { parseOrNull, textOrNull } from './json.ts';

/** Stores a checkpoint; one of the same step (computed again after a restart) takes its place. */
export async function putCheckpoint(
  db: Database,
  jobId: string,
  checkpoint: Omit<Checkpoint, 'id'>,
): Promise<void> {
  const row = {
    hash: checkpoint.hash,
    bytes: checkpoint.bytes,
    created_at: checkpoint.createdAt,
    validation: textOrNull(checkpoint.validation),
  };
  await db
    .insertInto('checkpoints')
    .values({ job_id: jobId, step: checkpoint.step, ...row })
    .onConflict((conflict) => conflict.columns(['job_id', 'step']).doUpdateSet(row))
    .execute();
}

/** Newest first. */
export async function listCheckpoints(db: Database, jobId: string): Promise<Checkpoint[]> {
  const rows = await db
    .selectFrom('checkpoints')
    .select(['step', 'hash', 'bytes', 'created_at', 'validation'])
    .where('job_id', '=', jobId)
    .orderBy('step', 'desc')
    .execute();
  return rows.map((row) => ({
    id: `ck_${row.step}`,
    step: row.step,
    hash: row.hash,
    bytes: row.bytes,
    createdAt: row.created_at,
    validation: parseOrNull<Scores>(row.validation),
  }));
}

/** Forgets all but the newest `keep`. Their files go when nobody else holds them (see `releaseArtifacts`). */
export async function dropOldCheckpoints(db: Database, jobId: string, keep: number): Promise<void> {
  const kept = await db
    .selectFrom('checkpoints')
    .select('step')
    .where('job_id', '=', jobId)
    .orderBy('step', 'desc')
    .limit(keep)
    .execute();
  const oldest = kept.at(-1);
  if (oldest === undefined) return;
  await db.deleteFrom('checkpoints').where('job_id', '=', jobId).where('step', '<', oldest.step).execute();
}

/** Notes the scores of the evaluation that was made at a checkpoint's step. */
export async function setCheckpointScores(
  db: Database,
  jobId: string,
  step: number,
  validation: Scores,
): Promise<void> {
  await db
    .updateTable('checkpoints')
    .set({ validation: JSON.stringify(validation) })
    .where('job_id', '=', jobId)
    .where('step', '=', step)
    .execute();
}
