import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { dataFolder, readText } from './data-folder.ts';
import { isAlive, lockHolder } from './lock.ts';

/** `stack.json` in the data folder: how to reach the stack that runs on it. Holds a secret: mode 0600. */
export interface StackFile {
  readonly url: string;
  /** null: the first token was taken away from the data folder. */
  readonly token: string | null;
  /** Of the supervisor. */
  readonly pid: number;
  readonly queue: string;
  readonly workers: number;
  readonly startedAt: string;
}

/** `processes.json` in the data folder, written on every change. */
export interface ProcessRow {
  readonly name: string;
  /** null: it has no process at the moment. */
  readonly pid: number | null;
  readonly phase: string;
  /** Processes started so far. */
  readonly starts: number;
}

/** The stack that runs on a data folder now, or null. */
export function readStackFile(dataDir: string): StackFile | null {
  const { stackFile, lockFile } = dataFolder(dataDir);
  if (lockHolder(lockFile) === null) return null;
  try {
    const stack = JSON.parse(readText(stackFile) ?? '') as StackFile;
    return isAlive({ pid: stack.pid, started: null }) ? stack : null;
  } catch {
    return null;
  }
}

/** Folders that hold a stack started from `from` or a folder above it: `descent up` first, then `descent demo`. */
export function* nearbyDataDirs(from: string): Generator<string> {
  for (let folder = resolve(from); ; folder = dirname(folder)) {
    for (const name of ['.descent', join('.descent', 'demo')]) {
      const dataDir = join(folder, name);
      if (existsSync(dataDir)) yield dataDir;
    }
    if (folder === dirname(folder)) return;
  }
}
