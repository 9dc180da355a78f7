import type { Readable } from 'node:stream';
import { openDiskStore } from './disk-store.ts';

export interface StoredArtifact {
  /** SHA-256 of the content, lower-case hex. */
  readonly hash: string;
  readonly bytes: number;
}

/** Immutable files named by their content. A file under its final name is whole and durable, whatever crashes. */
export interface ArtifactStore {
  /**
   * Reads the source to its end. REQUEST_TOO_LARGE above `limitBytes`; STORAGE_FULL when the disk is. What breaks off
   * leaves nothing.
   */
  put(
    source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
    options?: { limitBytes?: number },
  ): Promise<StoredArtifact>;
  /** Streams a file as it is stored. ARTIFACT_NOT_FOUND. */
  read(hash: string): Promise<Readable>;
  /** Like `read`, after the whole file was checked against its hash. ARTIFACT_DAMAGED. */
  readVerified(hash: string): Promise<Readable>;
  /** All of a file at once. ARTIFACT_NOT_FOUND. */
  readWhole(hash: string): Promise<Buffer>;
  size(hash: string): Promise<number | null>;
  /** Hashes of all files. */
  list(): AsyncGenerator<string, void, undefined>;
  /** True when it was there. */
  delete(hash: string): Promise<boolean>;
  /** Removes what interrupted writes left behind: only while nobody writes, in this process or another. */
  sweep(): Promise<void>;
  /** Throws when files cannot be written here. */
  probe(): Promise<void>;
}

/** Where artifacts are. Plain data, without secrets: threads are told it. */
export interface ArtifactPlace {
  /** Holds the files; with `s3` only those that are on their way. */
  readonly folder: string;
  readonly s3?: S3Place;
}

/** Credentials are found as all tools for S3 find them: AWS_ACCESS_KEY_ID and so on, or the role of the machine. */
export interface S3Place {
  readonly bucket: string;
  /** Begins every name; empty, or with `/` at its end. */
  readonly prefix: string;
  readonly region: string;
  /** Of MinIO and its like; left out: Amazon's. */
  readonly endpoint?: string;
}

/** Opens the store; its folder is created when missing. */
export async function openArtifactStore(place: ArtifactPlace): Promise<ArtifactStore> {
  if (place.s3 === undefined) return openDiskStore(place.folder);
  // Loaded where it is used: the client takes half a second to load, in every thread.
  const { openS3Store } = await import('./s3-store.ts');
  return openS3Store(place.folder, place.s3);
}
