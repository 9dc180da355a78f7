import type { DatasetManifest } from '@descent/contracts';
import { type PreviewQuestion, previewDataset } from '@descent/datasets';
import type { ArtifactPlace } from '@descent/storage';
import { answering, type ThreadAnswer } from './answer.ts';
import { storeAt } from './store-at.ts';

export interface PreviewTask {
  readonly artifactPlace: ArtifactPlace;
  readonly manifest: DatasetManifest;
  readonly question: PreviewQuestion;
}

/** Text comes out: hundreds of rows and a sprite are not cloned between threads. */
export default async function preview(task: PreviewTask): Promise<ThreadAnswer<string>> {
  const { artifactPlace, manifest, question } = task;
  const store = await storeAt(artifactPlace);
  const source = { get: (hash: string) => store.readWhole(hash) };
  return answering(async () => JSON.stringify(await previewDataset(manifest, question, source)));
}
