import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { chown, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

export interface PostgresServer {
  /** Of the database `postgres`. */
  readonly url: string;
  urlOf(database: string): string;
  stop(): Promise<void>;
}

/** Folder of Debian's newest server; null: it is not installed. */
export function postgresPrograms(): string | null {
  const versions = '/usr/lib/postgresql';
  try {
    const newest = readdirSync(versions)
      .sort((a, b) => Number(a) - Number(b))
      .at(-1);
    return newest === undefined ? null : path.join(versions, newest, 'bin');
  } catch {
    return null;
  }
}

/** A real server of its own, on a Unix socket in a temporary folder; it ends with this process, whatever happens. */
export async function startPostgres(): Promise<PostgresServer> {
  const programs = postgresPrograms();
  if (programs === null) throw new Error('postgresql is not installed');
  const folder = await mkdtemp(path.join(tmpdir(), 'descent-postgres-'));
  const user = process.getuid?.() === 0 ? userNamed('postgres') : {};
  if (user.uid !== undefined && user.gid !== undefined) await chown(folder, user.uid, user.gid);
  const data = path.join(folder, 'data');
  const setUp = ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync'];
  await promisify(execFile)(path.join(programs, 'initdb'), setUp, { ...user, cwd: folder });

  const settings = { listen_addresses: '', unix_socket_directories: folder, fsync: 'off' };
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  // The shell ends the server when its input does.
  const script = '"$@" & server=$!; cat > /dev/null; kill -INT $server; wait $server';
  const child = spawn('sh', ['-c', script, 'sh', path.join(programs, 'postgres'), '-D', data, ...flags], {
    ...user,
    cwd: folder,
    stdio: ['pipe', 'ignore', 'pipe'],
  });
  await whenReady(child);
  const urlOf = (database: string) => `postgres://postgres@localhost/${database}?host=${folder}`;
  return {
    url: urlOf('postgres'),
    urlOf,
    async stop() {
      const closed = once(child, 'close');
      child.stdin?.end();
      await closed;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** The server refuses to run as root. */
function userNamed(name: string): { uid?: number; gid?: number } {
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((entry) => entry.startsWith(`${name}:`));
  const [, , uid, gid] = line?.split(':') ?? [];
  return { uid: Number(uid), gid: Number(gid) };
}

function whenReady(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let told = '';
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      told += text;
      if (told.includes('ready to accept connections')) resolve();
    });
    child.once('close', () => reject(new Error(`postgres ended:\n${told}`)));
  });
}
