import { readFile } from 'node:fs/promises';
import type { DataSettings, DatasetManifest } from '@descent/contracts';
import { type FittedData, fitData, type ModelInput } from '@descent/datasets';
import { openArtifactStore } from '@descent/storage';
import { answering, type ThreadAnswer } from './answer.ts';

export interface FitTask {
  readonly artifactsDir: string;
  readonly settings: DataSettings;
  readonly manifest: DatasetManifest;
  readonly inputs: readonly ModelInput[];
  readonly seed: number;
}

/** Reads the columns that choose samples or need statistics, away from the event loop of the api. */
export default async function fit(task: FitTask): Promise<ThreadAnswer<FittedData>> {
  const { artifactsDir, settings, manifest, inputs, seed } = task;
  const store = await openArtifactStore(artifactsDir, { sweep: false });
  return answering(() =>
    fitData(settings, manifest, inputs, seed, { get: (hash) => readFile(store.pathOf(hash)) }),
  );
}
