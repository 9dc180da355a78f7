import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import Sqlite from 'libsql';
import { type Locks, shareRetryMs } from './locks.ts';

/**
 * Beside a SQLite database: each lock is an empty database of its own in `folder`, locked by a transaction that never
 * writes. SQLite does that with the locks of the operating system, which outlive no process.
 */
export async function openFileLocks(folder: string): Promise<Locks> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const held = new Map<string, Sqlite.Database | null>();
  const shared = new Set<string>();
  const fileOf = (name: string) => path.join(folder, encodeURIComponent(name));

  async function tryLock(name: string, statement: string): Promise<boolean> {
    if (held.has(name)) return false;
    held.set(name, null);
    try {
      const database = await lockFile(fileOf(name), statement);
      if (database === null) held.delete(name);
      else held.set(name, database);
      return database !== null;
    } catch (error) {
      held.delete(name);
      throw error;
    }
  }

  async function release(name: string): Promise<void> {
    const database = held.get(name);
    if (database === undefined || database === null) return;
    // While we have it: whoever opened the file before finds that it is another one now. Of several who share it, those
    // that come later share the next file with nobody; a lock that is shared is therefore left where it is.
    if (!shared.has(name)) await rm(fileOf(name), { force: true });
    database.close();
    held.delete(name);
    shared.delete(name);
  }

  // What processes that were killed have left.
  for (const name of await readdir(folder)) {
    if (name.endsWith('-journal')) continue;
    const lock = decodeURIComponent(name);
    if (await tryLock(lock, 'begin exclusive')) await release(lock);
  }

  return {
    tryTake: (name) => tryLock(name, 'begin exclusive'),
    async share(name) {
      while (!(await tryLock(name, 'begin; select count(*) from sqlite_master'))) await delay(shareRetryMs);
      shared.add(name);
    },
    has: (name) => (held.get(name) ?? null) !== null,
    release,
    async close() {
      for (const name of [...held.keys()]) await release(name);
    },
  };
}

/** Null while others have it. */
async function lockFile(file: string, statement: string): Promise<Sqlite.Database | null> {
  for (;;) {
    const before = await inode(file);
    const database = new Sqlite(file);
    try {
      database.exec(`pragma busy_timeout = 0; ${statement}`);
    } catch (error) {
      database.close();
      if (error instanceof Error && 'code' in error && String(error.code).startsWith('SQLITE_BUSY'))
        return null;
      throw error;
    }
    // The file may have been released, and so removed, since it was opened: then others lock a new one of its name.
    if (before !== undefined && before === (await inode(file))) return database;
    database.close();
  }
}

async function inode(file: string): Promise<number | undefined> {
  return (await stat(file).catch(() => undefined))?.ino;
}
