import { type ArtifactPlace, type ArtifactStore, openArtifactStore } from '@descent/storage';

const stores = new Map<string, Promise<ArtifactStore>>();

/** The artifact store, opened once in this thread. */
export function storeAt(place: ArtifactPlace): Promise<ArtifactStore> {
  const key = JSON.stringify(place);
  const opened = stores.get(key) ?? openArtifactStore(place);
  stores.set(key, opened);
  return opened;
}
