import { Closed, JobId } from '@descent/contracts';
import { Type } from 'typebox';

export const JobParams = Closed({ id: { ...JobId, description: 'a job id (job_…)' } });

export const CheckpointId = Type.String({
  pattern: '^ck_[0-9]{1,15}$',
  description: 'a checkpoint id (ck_<step>)',
});

/** Paging by sequence number. */
export const SequencePage = Closed({
  after: Type.Optional(
    Type.Integer({ minimum: 0, default: 0, description: 'Only what has a larger sequence' }),
  ),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 10_000, default: 1000 })),
});
