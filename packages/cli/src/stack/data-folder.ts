import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { DescentError } from '@descent/errors';

/** Where the stack keeps what. The layout is described in docs/operations.md. */
export interface DataFolder {
  readonly path: string;
  readonly logs: string;
  readonly cache: string;
  readonly lockFile: string;
  readonly stackFile: string;
  readonly processFile: string;
  readonly serviceTokenFile: string;
  readonly bootstrapTokenFile: string;
}

export function dataFolder(dataDir: string): DataFolder {
  const path = resolve(dataDir);
  return {
    path,
    logs: join(path, 'logs'),
    cache: join(path, 'cache'),
    lockFile: join(path, 'stack.lock'),
    stackFile: join(path, 'stack.json'),
    processFile: join(path, 'processes.json'),
    serviceTokenFile: join(path, 'service-token'),
    bootstrapTokenFile: join(path, 'bootstrap-token'),
  };
}

/** Makes the folders, for the owner alone. */
export function createDataFolder(dataDir: string): DataFolder {
  const folder = dataFolder(dataDir);
  try {
    for (const path of [folder.path, folder.logs, folder.cache])
      mkdirSync(path, { recursive: true, mode: 0o700 });
  } catch (cause) {
    throw new DescentError(
      'DATA_DIR_UNUSABLE',
      { dataDir: folder.path, problem: messageOf(cause) },
      { cause },
    );
  }
  return folder;
}

/** Whole or not at all: a reader never sees half a file. Readable by the owner alone. */
export function writePrivateFile(path: string, text: string): void {
  const temporary = `${path}.${process.pid}.tmp`;
  writeFileSync(temporary, text, { mode: 0o600 });
  renameSync(temporary, path);
}

/** What the services of one data folder show each other; made on the first start. */
export function serviceToken({ serviceTokenFile }: DataFolder): string {
  const kept = readText(serviceTokenFile);
  if (kept !== null && kept.length >= 32) return kept;
  const token = randomBytes(32).toString('hex');
  writePrivateFile(serviceTokenFile, `${token}\n`);
  return token;
}

/** Trimmed; null when there is no such file. */
export function readText(path: string): string | null {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return null;
  }
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
