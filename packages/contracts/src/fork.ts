import { type Static, Type } from 'typebox';
import { Closed } from './closed.ts';
import { DataSettings } from './data.ts';
import { Checkpoint, JobCreate } from './job.ts';

/**
 * A new job that goes on from a checkpoint of another: parameters, states, optimizer slots and step. What is left out
 * stays as it is there; the model always does.
 */
export const ForkRequest = Closed({
  checkpoint: Type.Optional({ ...Checkpoint.properties.id, description: 'ck_<step>. Left out: the newest' }),
  name: JobCreate.properties.name,
  data: Type.Optional(DataSettings),
  training: Type.Optional(
    Type.Record(Type.String(), Type.Unknown(), {
      description: 'Training settings that differ; null takes one away',
    }),
  ),
  maxWorkers: JobCreate.properties.maxWorkers,
  reproducibility: JobCreate.properties.reproducibility,
  audit: JobCreate.properties.audit,
});
export type ForkRequest = Static<typeof ForkRequest>;
