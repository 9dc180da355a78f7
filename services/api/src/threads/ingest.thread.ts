import type { DatasetManifest } from '@descent/contracts';
import { type ArtifactSink, type DataFormat, ingestBuiltin, ingestFile } from '@descent/datasets';
import type { HeldArtifact } from '@descent/storage';
import { openArtifactStore } from '@descent/storage';
import { answering, type ThreadAnswer } from './answer.ts';

export interface IngestTask {
  readonly artifactsDir: string;
  readonly source:
    | { readonly type: 'builtin'; readonly id: string }
    | { readonly type: 'file'; readonly path: string; readonly name?: string; readonly format?: DataFormat };
}

export interface IngestResult {
  readonly answer: ThreadAnswer<DatasetManifest>;
  /** Files that were put, also when reading failed half-way: then nobody needs them. */
  readonly stored: readonly HeldArtifact[];
}

/** Reads a data set and stores its shards, away from the event loop of the api: parsing a large CSV takes minutes. */
export default async function ingest({ artifactsDir, source }: IngestTask): Promise<IngestResult> {
  const store = await openArtifactStore(artifactsDir, { sweep: false });
  const stored: HeldArtifact[] = [];
  const sink: ArtifactSink = {
    async put(content) {
      const artifact = await store.put([content]);
      stored.push(artifact);
      return artifact;
    },
  };
  const answer = await answering(() =>
    source.type === 'builtin' ? ingestBuiltin(source.id, sink) : ingestFile({ ...source, sink }),
  );
  return { answer, stored };
}
