import { DescentError } from '@descent/errors';
import type { ArtifactSink, ArtifactSource } from './artifacts.ts';
import { sha256 } from './canonical-json.ts';

/** Artifacts that live as long as this object: for tests and for data sets that never leave the process. */
export function createMemoryArtifacts(): ArtifactSink & ArtifactSource & { readonly size: number } {
  const contents = new Map<string, Uint8Array>();
  return {
    get size() {
      return contents.size;
    },
    async put(content) {
      const hash = sha256(content);
      contents.set(hash, content.slice());
      return { hash, bytes: content.byteLength };
    },
    async get(hash) {
      const content = contents.get(hash);
      if (content === undefined) throw new DescentError('ARTIFACT_NOT_FOUND', { hash });
      return content;
    },
  };
}
