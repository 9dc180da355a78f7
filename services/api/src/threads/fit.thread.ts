import type { DataSettings, DatasetManifest } from '@descent/contracts';
import { type FittedData, fitData, type ModelInput } from '@descent/datasets';
import type { ArtifactPlace } from '@descent/storage';
import { answering, type ThreadAnswer } from './answer.ts';
import { storeAt } from './store-at.ts';

export interface FitTask {
  readonly artifactPlace: ArtifactPlace;
  readonly settings: DataSettings;
  readonly manifest: DatasetManifest;
  readonly inputs: readonly ModelInput[];
  readonly seed: number;
}

/** Reads the columns that choose samples or need statistics, away from the event loop of the api. */
export default async function fit(task: FitTask): Promise<ThreadAnswer<FittedData>> {
  const { artifactPlace, settings, manifest, inputs, seed } = task;
  const store = await storeAt(artifactPlace);
  return answering(() => fitData(settings, manifest, inputs, seed, { get: (hash) => store.readWhole(hash) }));
}
