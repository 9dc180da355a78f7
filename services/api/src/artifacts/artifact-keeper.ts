import { type ArtifactStore, type Database, isHeld } from '@descent/storage';

/**
 * Deletes files that nobody holds, never one that somebody is about to hold.
 *
 * Content addressing means that a file being uploaded may equal one being let go: the upload finds the file there, the
 * deletion removes it, and the new owner is left without. Hence: files go only while no write is under way, and only if
 * nobody holds them then.
 */
export interface ArtifactKeeper {
  /** Runs work that puts files and then notes who holds them. */
  writing<Result>(work: () => Promise<Result>): Promise<Result>;
  /** Files that lost an owner. Resolves when they are gone, or will go with the end of the last write under way. */
  discard(hashes: readonly string[]): Promise<void>;
  /** Deletes every file that nobody holds: what a process left that died between storing a file and noting it. */
  discardUnheld(): Promise<void>;
}

export function createArtifactKeeper(db: Database, artifacts: ArtifactStore): ArtifactKeeper {
  const candidates = new Set<string>();
  let writers = 0;
  let sweep: Promise<void> = Promise.resolve();

  function sweepIfQuiet(): Promise<void> {
    if (writers > 0 || candidates.size === 0) return Promise.resolve();
    const hashes = [...candidates];
    candidates.clear();
    sweep = sweep.then(async () => {
      for (const hash of hashes) {
        if (!(await isHeld(db, hash))) await artifacts.delete(hash);
      }
    });
    return sweep;
  }

  return {
    async writing(work) {
      writers++;
      try {
        await sweep.catch(() => undefined);
        return await work();
      } finally {
        writers--;
        await sweepIfQuiet();
      }
    },
    discard(hashes) {
      for (const hash of hashes) candidates.add(hash);
      return sweepIfQuiet();
    },
    async discardUnheld() {
      await artifacts.sweep();
      for await (const hash of artifacts.list()) candidates.add(hash);
      await sweepIfQuiet();
    },
  };
}
