import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { chown, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { ComposeService } from './compose-file.ts';

const run = promisify(execFile);

export interface User {
  readonly uid?: number;
  readonly gid?: number;
}

/** What stands in for an image: where its programs are, what its entry point would add, and who runs it. */
export interface StandIn {
  readonly programs: string;
  readonly extra: readonly string[];
  readonly user: User;
}

export function programsOf(service: ComposeService): StandIn {
  switch (service.image.split(':')[0]) {
    case 'redis':
      return { programs: '', extra: ['--bind', '127.0.0.1'], user: {} };
    case 'postgres': {
      const data = service.volumes[0]?.target ?? '';
      const extra = ['-D', data, '-h', '127.0.0.1', '-k', data];
      const programs = postgresPrograms();
      if (programs === null) throw new Error('postgresql is not installed');
      return { programs, extra, user: notRoot('postgres') };
    }
    default:
      return { programs: '', extra: [], user: {} };
  }
}

/** Folder of Debian's newest server; null: it is not installed. */
export function postgresPrograms(): string | null {
  const versions = '/usr/lib/postgresql';
  if (!existsSync(versions)) return null;
  const newest = readdirSync(versions)
    .sort((a, b) => Number(a) - Number(b))
    .at(-1);
  return newest === undefined ? null : join(versions, newest, 'bin');
}

/** The entry point of the image `postgres`, on an empty volume. */
export async function createPostgresCluster(
  programs: string,
  data: string,
  env: NodeJS.ProcessEnv,
  user: User,
): Promise<void> {
  if (existsSync(join(data, 'PG_VERSION'))) return;
  const { POSTGRES_USER = '', POSTGRES_PASSWORD = '', POSTGRES_DB = '', POSTGRES_INITDB_ARGS = '' } = env;
  const options = { env, cwd: data, ...user };
  const secret = `${data}.password`;
  await writeFile(secret, `${POSTGRES_PASSWORD}\n`, { mode: 0o600 });
  if (user.uid !== undefined) await chown(secret, user.uid, user.gid ?? user.uid);
  const flags = ['-D', data, '-U', POSTGRES_USER, '-A', 'scram-sha-256', `--pwfile=${secret}`, '--no-sync'];
  await run(join(programs, 'initdb'), [...flags, ...POSTGRES_INITDB_ARGS.split(' ')], options);
  await rm(secret);
  // Not running yet, it takes a statement from its input.
  const single = run(join(programs, 'postgres'), ['--single', '-D', data, 'postgres'], options);
  single.child.stdin?.end(`create database ${POSTGRES_DB}\n`);
  await single;
}

/** Postgres refuses to be run by root. */
function notRoot(name: string): User {
  if (process.getuid?.() !== 0) return {};
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((entry) => entry.startsWith(`${name}:`));
  const [, , uid, gid] = line?.split(':') ?? [];
  return { uid: Number(uid), gid: Number(gid) };
}
