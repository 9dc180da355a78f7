import { readFile } from 'node:fs/promises';
import type { DatasetManifest } from '@descent/contracts';
import { type PreviewQuestion, previewDataset } from '@descent/datasets';
import { openArtifactStore } from '@descent/storage';
import { answering, type ThreadAnswer } from './answer.ts';

export interface PreviewTask {
  readonly artifactsDir: string;
  readonly manifest: DatasetManifest;
  readonly question: PreviewQuestion;
}

/** Text comes out: hundreds of rows and a sprite are not cloned between threads. */
export default async function preview(task: PreviewTask): Promise<ThreadAnswer<string>> {
  const { artifactsDir, manifest, question } = task;
  const store = await openArtifactStore(artifactsDir, { sweep: false });
  const source = { get: (hash: string) => readFile(store.pathOf(hash)) };
  return answering(async () => JSON.stringify(await previewDataset(manifest, question, source)));
}
