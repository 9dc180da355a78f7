import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** What `descent login` keeps. Holds a secret: mode 0600. */
export interface Login {
  readonly server: string;
  readonly token: string;
}

/** The last login, or null. */
export function readLogin(file: string): Login | null {
  try {
    const { server, token } = JSON.parse(readFileSync(file, 'utf8')) as Partial<Login>;
    return typeof server === 'string' && URL.canParse(server) && typeof token === 'string'
      ? { server, token }
      : null;
  } catch {
    return null;
  }
}

export function writeLogin(file: string, login: Login): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  // The mode counts for a new file only.
  rmSync(file, { force: true });
  writeFileSync(file, `${JSON.stringify(login)}\n`, { mode: 0o600 });
}

export function removeLogin(file: string): void {
  rmSync(file, { force: true });
}
