/**
 * Where shards are kept. The api passes its artifact store, the worker a cached fetch; data sets know neither.
 * Contents are named by their SHA-256, so storing the same bytes twice is harmless.
 */
export interface ArtifactSink {
  /** Resolves when the bytes are durable. The caller may reuse `content` afterwards. */
  put(content: Uint8Array): Promise<StoredArtifact>;
}

export interface StoredArtifact {
  /** SHA-256, lower-case hex. */
  readonly hash: string;
  readonly bytes: number;
}

export interface ArtifactSource {
  /** Rejects with ARTIFACT_NOT_FOUND when there is none. */
  get(hash: string): Promise<Uint8Array>;
}
