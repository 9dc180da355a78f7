import { type Static, Type } from 'typebox';
import { Closed } from './closed.ts';
import { DatasetManifest } from './data.ts';
import { JobCreate, JobId, Price } from './job.ts';

/**
 * All that a parameter server and its workers need to know of one training job, with every default filled in.
 * Written once by the api at submit; both ends derive the same graph, sample order and buffers from it.
 */
export const TrainingPlan = Closed({
  jobId: JobId,
  request: JobCreate,
  manifest: DatasetManifest,
  microBatches: Type.Integer({ minimum: 1 }),
  seed: Type.Integer({ minimum: 0 }),
  price: Price,
  graphHash: Type.String(),
});
export type TrainingPlan = Static<typeof TrainingPlan>;
