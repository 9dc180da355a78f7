import { isPostgres } from '../database/database.ts';
import { openFileLocks } from './file-locks.ts';
import { openPostgresLocks } from './postgres-locks.ts';

/**
 * Locks between the processes on one database. The database keeps them, and they go when their process does, however it
 * ends: at once, since no lease has to run out first.
 */
export interface Locks {
  /** Takes a lock for itself, unless anybody has it: another process, or this one. Kept until it is released. */
  tryTake(name: string): Promise<boolean>;
  /** Takes a lock that others may share; waits while somebody has it for itself. Once per name at a time. */
  share(name: string): Promise<void>;
  /** Whether it is ours now: a server that restarts has forgotten it for a moment, or for good if somebody was faster. */
  has(name: string): boolean;
  release(name: string): Promise<void>;
  /** Releases all. */
  close(): Promise<void>;
}

export const shareRetryMs = 50;

/** @param place as for `openDatabase` */
export async function openLocks(place: string): Promise<Locks> {
  return isPostgres(place) ? openPostgresLocks(place) : openFileLocks(`${place}.locks`);
}
