import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { DescentError } from '@descent/errors';
import { messageOf, readText } from './data-folder.ts';

/** A process, told apart from a later one with the same id (in a container every run may have the same ids). */
export interface ProcessIdentity {
  readonly pid: number;
  /** Start time as the system counts it; null where it does not say. */
  readonly started: string | null;
}

export interface Lock {
  release(): void;
}

/**
 * One stack per data folder. A lock whose process is gone is taken over.
 * @throws DescentError STACK_RUNNING, DATA_DIR_UNUSABLE
 */
export function takeLock(path: string, dataDir: string): Lock {
  const mine = JSON.stringify(identify(process.pid));
  for (let attempt = 0; attempt < 3; attempt++) {
    try {
      writeFileSync(path, mine, { flag: 'wx', mode: 0o600 });
      return { release: () => rmSync(path, { force: true }) };
    } catch (cause) {
      if (!isExisting(cause)) {
        throw new DescentError('DATA_DIR_UNUSABLE', { dataDir, problem: messageOf(cause) }, { cause });
      }
    }
    const holder = readHolder(path);
    if (holder !== null && isAlive(holder))
      throw new DescentError('STACK_RUNNING', { dataDir, pid: holder.pid });
    rmSync(path, { force: true });
  }
  throw new DescentError('DATA_DIR_UNUSABLE', {
    dataDir,
    problem: `${path} comes back each time it is removed`,
  });
}

/** The process that runs a stack on this folder now, or null. */
export function lockHolder(path: string): ProcessIdentity | null {
  const holder = readHolder(path);
  return holder !== null && isAlive(holder) ? holder : null;
}

export function isAlive({ pid, started }: ProcessIdentity): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: it lives, as another user.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
  const now = identify(pid).started;
  return started === null || now === null || started === now;
}

export function identify(pid: number): ProcessIdentity {
  try {
    // The name in field 2 may hold spaces; counted from behind it, the start time is field 20.
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return { pid, started: fields[19] ?? null };
  } catch {
    return { pid, started: null };
  }
}

function readHolder(path: string): ProcessIdentity | null {
  try {
    const { pid, started } = JSON.parse(readText(path) ?? '') as Partial<ProcessIdentity>;
    return Number.isInteger(pid) ? { pid: pid as number, started: started ?? null } : null;
  } catch {
    return null;
  }
}

function isExisting(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EEXIST';
}
