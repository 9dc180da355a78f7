import { DescentError } from '@descent/errors';
import { listCheckpoints } from '@descent/storage';
import type { Context } from '../context.ts';
import { bestCheckpoint } from './best-checkpoint.ts';
import { requireJob } from './require-job.ts';
import { requireWeights } from './require-weights.ts';

/** A safetensors file that holds the parameters of a model, each under the prefix and its name. */
export interface ParameterFile {
  readonly hash: string;
  readonly prefix: '' | 'parameters/';
}

/**
 * The parameters that answer for a job.
 * @param choice `best`, `latest` or the step of a checkpoint; left out, the weights of the finished job
 * @throws DescentError JOB_NOT_FOUND, JOB_NOT_FINISHED, CHECKPOINT_NOT_FOUND
 */
export async function chooseParameters(
  context: Context,
  jobId: string,
  choice: string | undefined,
): Promise<ParameterFile> {
  if (choice === undefined) return { hash: await requireWeights(context, jobId), prefix: '' };
  await requireJob(context.db, jobId);
  const checkpoints = await listCheckpoints(context.db, jobId);
  const found =
    choice === 'latest'
      ? checkpoints[0]
      : choice === 'best'
        ? bestCheckpoint(checkpoints)
        : checkpoints.find(({ step }) => step === Number(choice));
  if (found === undefined) {
    const checkpoint =
      { latest: 'of any step', best: 'with validation scores' }[choice] ?? `of step ${choice}`;
    throw new DescentError('CHECKPOINT_NOT_FOUND', { jobId, checkpoint });
  }
  return { hash: found.hash, prefix: 'parameters/' };
}
