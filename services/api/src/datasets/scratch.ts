import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import type { Locks } from '@descent/storage';

/** A folder for the files of this process's requests; those of processes that have died are removed. */
export async function openScratch(parent: string, locks: Locks): Promise<string> {
  const lockOf = (name: string) => `scratch:${name}`;
  await mkdir(parent, { recursive: true, mode: 0o700 });
  for (const name of await readdir(parent)) {
    if (!(await locks.tryTake(lockOf(name)))) continue;
    await rm(path.join(parent, name), { recursive: true, force: true });
    await locks.release(lockOf(name));
  }
  const name = randomUUID();
  await locks.tryTake(lockOf(name));
  const folder = path.join(parent, name);
  await mkdir(folder, { mode: 0o700 });
  return folder;
}
