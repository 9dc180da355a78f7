import { DescentError } from '@descent/errors';
import {
  type Database,
  dropOldCheckpoints,
  findScores,
  holdArtifacts,
  type JobRecord,
  listCheckpoints,
  putCheckpoint,
  releaseArtifacts,
  type StoredArtifact,
} from '@descent/storage';
import type { Context } from '../context.ts';
import { isHeld } from './job-state.ts';
import { requireJob } from './require-job.ts';

export interface FileOfJob {
  readonly jobId: string;
  readonly incarnation: number;
  readonly content: AsyncIterable<Uint8Array>;
}

/**
 * Stores a checkpoint and lets go of those beyond the newest few. On the disk before the answer.
 * @throws DescentError JOB_NOT_FOUND, INCARNATION_STALE, REQUEST_TOO_LARGE, STORAGE_FULL
 */
export async function storeCheckpoint(
  context: Context,
  file: FileOfJob & { readonly step: number },
): Promise<StoredArtifact> {
  const { artifact, orphans } = await context.keeper.writing(async () => {
    const artifact = await receive(context, file);
    const orphans = await context.db.transaction().execute(async (transaction) => {
      await requireOwner(transaction, file);
      await holdArtifacts(transaction, file.jobId, [artifact]);
      await putCheckpoint(transaction, file.jobId, {
        step: file.step,
        hash: artifact.hash,
        bytes: artifact.bytes,
        createdAt: new Date(context.clock()).toISOString(),
        validation: await findScores(transaction, file.jobId, file.step),
      });
      await dropOldCheckpoints(transaction, file.jobId, context.limits.checkpointsKept);
      const kept = await listCheckpoints(transaction, file.jobId);
      return releaseArtifacts(
        transaction,
        file.jobId,
        kept.map((checkpoint) => checkpoint.hash),
      );
    });
    return { artifact, orphans };
  });
  await context.keeper.discard(orphans);
  return artifact;
}

/**
 * Stores the final weights; the outcome names them by their hash.
 * @throws DescentError JOB_NOT_FOUND, INCARNATION_STALE, REQUEST_TOO_LARGE, STORAGE_FULL
 */
export async function storeWeights(context: Context, file: FileOfJob): Promise<StoredArtifact> {
  return context.keeper.writing(async () => {
    const artifact = await receive(context, file);
    await context.db.transaction().execute(async (transaction) => {
      await requireOwner(transaction, file);
      await holdArtifacts(transaction, file.jobId, [artifact]);
    });
    return artifact;
  });
}

/** The owner is asked for before and after: the first saves the transfer, the second decides. */
async function receive(context: Context, file: FileOfJob): Promise<StoredArtifact> {
  await requireOwner(context.db, file);
  return context.artifacts.put(file.content, { limitBytes: context.limits.checkpointBytes });
}

async function requireOwner(
  db: Database,
  { jobId, incarnation }: Pick<FileOfJob, 'jobId' | 'incarnation'>,
): Promise<JobRecord> {
  const job = await requireJob(db, jobId);
  if (job.incarnation === incarnation && (isHeld(job.state) || job.state === 'queued')) return job;
  throw new DescentError('INCARNATION_STALE', {
    jobId,
    current: job.incarnation,
    given: incarnation,
    state: job.state,
  });
}
