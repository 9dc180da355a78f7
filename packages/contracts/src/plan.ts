import { type Static, Type } from 'typebox';
import { Closed, OneOf } from './closed.ts';
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
  /** How many samples train and validate; which ones, the workers find out by the same rules. */
  samples: Closed({ train: Type.Integer({ minimum: 1 }), validation: Type.Integer({ minimum: 0 }) }),
  price: Price,
  graphHash: Type.String(),
  /** Weights (safetensors) that parameters and states start from; those it lacks start from the seed. */
  initialWeights: Type.Optional(
    Closed({
      hash: Type.String({ description: 'Artifact' }),
      /** all; or what is not trained alone: constants of the model that are too large for a spec. */
      of: OneOf(['all', 'frozen']),
    }),
  ),
  /** The checkpoint of another job that this one goes on from, when it has none of its own. */
  forkOf: Type.Optional(
    Closed({ jobId: JobId, step: Type.Integer(), hash: Type.String({ description: 'Artifact' }) }),
  ),
});
export type TrainingPlan = Static<typeof TrainingPlan>;
