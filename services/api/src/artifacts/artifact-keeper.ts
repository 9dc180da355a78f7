import { type ArtifactStore, type Database, isHeld, type Locks } from '@descent/storage';

/**
 * Deletes files that nobody holds, never one that somebody is about to hold.
 *
 * Content addressing means that a file being uploaded may equal one being let go: the upload finds the file there, the
 * deletion removes it, and the new owner is left without. Hence: files go only while no write is under way, here or in
 * another process of the api, and only if nobody holds them then.
 */
export interface ArtifactKeeper {
  /** Runs work that puts files and then notes who holds them. */
  writing<Result>(work: () => Promise<Result>): Promise<Result>;
  /** Files that lost an owner. Resolves when they are gone, or will go once no write is under way. */
  discard(hashes: readonly string[]): Promise<void>;
  /** Deletes every file that nobody holds: what a process left that died between storing a file and noting it. */
  discardUnheld(): Promise<void>;
  /** Takes away what failed writes have left, if that can be done at once. */
  close(): Promise<void>;
}

export interface ArtifactKeeperOptions {
  readonly db: Database;
  readonly artifacts: ArtifactStore;
  readonly locks: Locks;
  /** How often to look whether the other processes have done writing. */
  readonly retryMs?: number;
}

/** Shared by processes that write, taken by one that deletes. */
const lock = 'artifacts';

export function createArtifactKeeper({
  db,
  artifacts,
  locks,
  retryMs = 5000,
}: ArtifactKeeperOptions): ArtifactKeeper {
  const candidates = new Set<string>();
  let leftovers = false;
  /** A write failed, and what it had written may be there still. */
  let strays = false;
  let writers = 0;
  /** Steps of taking, releasing and deleting, one after the other. */
  let line: Promise<unknown> = Promise.resolve();
  let retry: NodeJS.Timeout | undefined;
  let closed = false;

  function inLine<Result>(step: () => Promise<Result>): Promise<Result> {
    const done = line.then(step);
    line = done.catch(() => undefined);
    return done;
  }

  async function sweep(): Promise<void> {
    if (closed || writers > 0 || (candidates.size === 0 && !leftovers && !strays)) return;
    if (!(await locks.tryTake(lock))) return sweepLater();
    try {
      if (leftovers || strays) {
        await artifacts.sweep();
        strays = false;
      }
      if (leftovers) {
        for await (const hash of artifacts.list()) candidates.add(hash);
        leftovers = false;
      }
      for (const hash of candidates) {
        if (!(await isHeld(db, hash))) await artifacts.delete(hash);
        candidates.delete(hash);
      }
    } finally {
      await locks.release(lock);
    }
  }

  function sweepLater(): void {
    if (closed) return;
    clearTimeout(retry);
    retry = setTimeout(() => void inLine(sweep).catch(sweepLater), retryMs).unref();
  }

  return {
    async writing(work) {
      writers++;
      try {
        await inLine(async () => {
          if (!locks.has(lock)) await locks.share(lock);
        });
        return await work();
      } catch (error) {
        strays = true;
        throw error;
      } finally {
        writers--;
        await inLine(async () => {
          if (writers > 0) return;
          await locks.release(lock);
          // What cannot be deleted now is no failure of this write.
          await sweep().catch(sweepLater);
        });
      }
    },
    discard(hashes) {
      for (const hash of hashes) candidates.add(hash);
      return writers > 0 ? Promise.resolve() : inLine(sweep);
    },
    discardUnheld() {
      leftovers = true;
      return inLine(sweep);
    },
    async close() {
      clearTimeout(retry);
      if (strays) await inLine(sweep).catch(() => undefined);
      closed = true;
      clearTimeout(retry);
    },
  };
}
