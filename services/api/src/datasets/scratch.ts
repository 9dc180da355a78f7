import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import type { Locks } from '@descent/storage';

/** Names for the files and folders of requests under way. Who asks for one removes what it puts there. */
export type Scratch = () => string;

/** Names in a folder that other processes of the api use too. What those that died have left there is removed. */
export async function openScratch(folder: string, locks: Locks): Promise<Scratch> {
  const lockOf = (owner: string) => `scratch:${owner}`;
  await mkdir(folder, { recursive: true, mode: 0o700 });
  for (const name of await readdir(folder)) {
    const [owner = ''] = name.split('.');
    if (!(await locks.tryTake(lockOf(owner)))) continue;
    await rm(path.join(folder, name), { recursive: true, force: true });
    await locks.release(lockOf(owner));
  }
  const self = randomUUID();
  await locks.tryTake(lockOf(self));
  return () => path.join(folder, `${self}.${randomUUID()}`);
}
