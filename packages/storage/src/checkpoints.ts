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

/**
 * Forgets all but the newest `keep` and the best, the one with the lowest validation loss. Their files go when nobody
 * else holds them (see `releaseArtifacts`).
 */
export async function dropOldCheckpoints(db: Database, jobId: string, keep: number): Promise<void> {
  const all = await listCheckpoints(db, jobId);
  const best = bestCheckpoint(all);
  for (const { step } of all.slice(keep)) {
    if (step === best?.step) continue;
    await db.deleteFrom('checkpoints').where('job_id', '=', jobId).where('step', '=', step).execute();
  }
}

/** Forgets the checkpoints of later steps. */
export async function dropCheckpointsAfter(db: Database, jobId: string, step: number): Promise<void> {
  await db.deleteFrom('checkpoints').where('job_id', '=', jobId).where('step', '>', step).execute();
}

/** Of several with the same loss the newest; undefined while none was evaluated. Takes them newest first. */
export function bestCheckpoint(checkpoints: readonly Checkpoint[]): Checkpoint | undefined {
  const lossOf = ({ validation }: Checkpoint) => validation?.loss ?? Number.POSITIVE_INFINITY;
  const [first, ...rest] = checkpoints.filter((one) => Number.isFinite(lossOf(one)));
  return rest.reduce((best, one) => (lossOf(one) < lossOf(best!) ? one : best), first);
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
