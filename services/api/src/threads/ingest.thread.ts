import {
  type ArtifactSink,
  type IngestInput,
  ingestBuiltin,
  ingestFiles,
  type WrittenDataset,
} from '@descent/datasets';
import type { ArtifactPlace, HeldArtifact } from '@descent/storage';
import { answering, type ThreadAnswer } from './answer.ts';
import { storeAt } from './store-at.ts';

export interface IngestTask {
  readonly artifactPlace: ArtifactPlace;
  readonly source:
    | { readonly type: 'builtin'; readonly id: string }
    | { readonly type: 'files'; readonly files: readonly IngestInput[] };
}

export interface IngestResult {
  readonly answer: ThreadAnswer<WrittenDataset>;
  /** Files that were put; those that the manifest does not name, all when reading failed half-way, nobody needs. */
  readonly stored: readonly HeldArtifact[];
}

/** Reads a data set and stores its shards, away from the event loop of the api: parsing a large CSV takes minutes. */
export default async function ingest({ artifactPlace, source }: IngestTask): Promise<IngestResult> {
  const store = await storeAt(artifactPlace);
  const stored: HeldArtifact[] = [];
  const sink: ArtifactSink = {
    async put(content) {
      const artifact = await store.put([content]);
      stored.push(artifact);
      return artifact;
    },
  };
  const answer = await answering(() =>
    source.type === 'builtin' ? ingestBuiltin(source.id, sink) : ingestFiles({ files: source.files, sink }),
  );
  return { answer, stored };
}
