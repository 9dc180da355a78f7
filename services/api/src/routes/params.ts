import { Closed, JobId } from '@descent/contracts';
import { Type } from 'typebox';

export const JobParams = Closed({ id: { ...JobId, description: 'a job id (job_…)' } });

export const CheckpointId = Type.String({
  pattern: '^ck_[0-9]{1,15}$',
  description: 'a checkpoint id (ck_<step>)',
});

export const IdempotencyKey = Type.String({
  minLength: 1,
  maxLength: 200,
  description: 'The same key with the same body gives the same job',
});

/** Paging by sequence number. */
export const SequencePage = Closed({
  after: Type.Optional(
    Type.Integer({ minimum: 0, default: 0, description: 'Only what has a larger sequence' }),
  ),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 10_000, default: 1000 })),
});
