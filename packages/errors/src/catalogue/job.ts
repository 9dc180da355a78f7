import type { CatalogueEntry } from '../entry.ts';

export const jobErrors = {
  JOB_NOT_FOUND: {
    status: 404,
    message: 'There is no job {jobId}',
    advice: 'List the jobs with `descent ls` or GET /v1/jobs.',
    retryable: false,
  },
  JOB_STATE_CONFLICT: {
    status: 409,
    message: 'Job {jobId} is {state}; it cannot {action}',
    advice: 'Read the job again: another request or the end of training changed its state.',
    retryable: false,
  },
  JOB_TOO_LARGE: {
    status: 422,
    message: '{path}: one micro-batch needs {actualBytes} bytes of a worker; the limit is {limitBytes}',
    advice: 'Use a smaller `training.batchSize`, or more `training.microBatches`.',
    retryable: false,
  },
  JOB_NOT_FINISHED: {
    status: 409,
    message: 'Job {jobId} is {state}; it has no weights yet',
    advice: 'Wait until the job has succeeded; its checkpoints can be downloaded before.',
    retryable: true,
  },
  JOB_CLAIM_REFUSED: {
    status: 409,
    message: 'Job {jobId} is not free to be taken: {reason}',
    advice: 'Nothing to do: another parameter server owns the job, or it ended.',
    retryable: false,
  },
  INCARNATION_STALE: {
    status: 409,
    message: 'Job {jobId} is at incarnation {current}; {given} no longer counts',
    advice: 'Nothing to do: a parameter server that was replaced must leave the job.',
    retryable: false,
  },
  JOB_DIVERGED: {
    status: 422,
    message: 'The loss became {loss} at step {step}; the last finite loss was {lastFiniteLoss}',
    advice: 'Try a learning rate about ten times smaller, a warm-up schedule, or `clipNorm: 1`.',
    retryable: false,
  },
  JOB_FAILED: {
    status: 500,
    message: 'Training stopped at step {step}: {problem}',
    advice:
      'The events of the job hold the evidence; fork it from the last checkpoint once the cause is gone.',
    retryable: false,
  },
  WEBHOOK_NOT_FOUND: {
    status: 404,
    message: 'There is no webhook {webhook}',
    advice: 'GET /v1/webhooks lists those of your team.',
    retryable: false,
  },
  CHECKPOINT_NOT_FOUND: {
    status: 404,
    message: 'Job {jobId} has no checkpoint {checkpoint}',
    advice: 'GET /v1/jobs/:id/checkpoints lists those it has.',
    retryable: false,
  },
  CHECKPOINT_DAMAGED: {
    status: 500,
    message: 'Checkpoint of job {jobId} at step {step} is damaged: {problem}',
    advice: 'The next older checkpoint is used; check the disk below the data folder.',
    retryable: false,
  },
} as const satisfies Record<string, CatalogueEntry>;
