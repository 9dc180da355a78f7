import { type Static, Type } from 'typebox';
import { Closed } from './closed.ts';
import { JobId } from './job.ts';

/** `training` queue: asks a parameter server to take a training job. A hint: the api decides (claim). */
export const TrainingQueuePayload = Closed({ jobId: JobId });
export type TrainingQueuePayload = Static<typeof TrainingQueuePayload>;

/** `gradients` queue: asks one worker to join a training job for up to `assignments` micro-batches. */
export const GradientQueuePayload = Closed({
  jobId: JobId,
  incarnation: Type.Integer({ minimum: 1 }),
  serial: Type.Integer({ minimum: 0, description: 'Of this gradient job within the incarnation' }),
  address: Type.String({ description: 'unix:/path or tcp:host:port of the gradient channel' }),
  lease: Type.String({
    description: 'HMAC over job, incarnation, serial, expiry; of no use after its expiry',
  }),
});
export type GradientQueuePayload = Static<typeof GradientQueuePayload>;
