import { access, constants, mkdir, mkdtemp, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describeRedis, parseRedisUrl } from './redis-url.ts';

export type QueueServerKind = 'external' | 'redis' | 'embedded';
export type QueueServerChoice =
  | { readonly kind: 'external'; readonly url: string }
  | { readonly kind: 'redis'; readonly binary: string }
  | { readonly kind: 'embedded' };

/** How to start the queue server of a local stack: a supervisor starts it, restarts it, and stops it with SIGTERM. */
export interface QueueServerPlan {
  readonly kind: QueueServerKind;
  /** For `connectQueue`; it may hold a password. */
  readonly url: string;
  /** null: somebody else runs it. */
  readonly command: string | null;
  readonly args: readonly string[];
  /** One line for people: what was chosen, why, and what that means for the jobs. Holds no password. */
  readonly note: string;
}

/** REDIS_URL, else redis-server, else valkey-server, else the embedded one. */
export function chooseQueueServer(found: {
  readonly redisUrl: string | undefined;
  /** Full paths of the binaries on the PATH. */
  readonly onPath: { readonly redisServer?: string; readonly valkeyServer?: string };
}): QueueServerChoice {
  const { redisUrl, onPath } = found;
  if (redisUrl !== undefined && redisUrl !== '') return { kind: 'external', url: redisUrl };
  const binary = onPath.redisServer ?? onPath.valkeyServer;
  return binary === undefined ? { kind: 'embedded' } : { kind: 'redis', binary };
}

/**
 * Looks for the binaries and makes the folder `queue` in the data folder. Our own servers listen on a Unix socket that
 * only the user can open, never on a port: they need no password, and no free port has to be guessed.
 *
 * @throws DescentError QUEUE_URL_INVALID
 */
export async function planQueueServer(options: {
  readonly dataDir: string;
  readonly redisUrl: string | undefined;
  /** Value of the environment's PATH. */
  readonly path: string | undefined;
}): Promise<QueueServerPlan> {
  const [redisServer, valkeyServer] = await Promise.all([
    findOnPath('redis-server', options.path),
    findOnPath('valkey-server', options.path),
  ]);
  const choice = chooseQueueServer({
    redisUrl: options.redisUrl,
    onPath: {
      ...(redisServer === undefined ? {} : { redisServer }),
      ...(valkeyServer === undefined ? {} : { valkeyServer }),
    },
  });
  switch (choice.kind) {
    case 'external':
      return {
        ...choice,
        command: null,
        args: [],
        note: `queue: ${describeRedis(parseRedisUrl(choice.url))}, because REDIS_URL is set`,
      };
    case 'redis': {
      const { folder, socket } = await makePlace(options.dataDir);
      return {
        kind: 'redis',
        url: `unix:${socket}`,
        command: choice.binary,
        args: redisArguments(folder, socket),
        note: `queue: ${choice.binary}, found on the PATH; the queue is kept in ${folder}`,
      };
    }
    case 'embedded': {
      const { socket } = await makePlace(options.dataDir);
      return {
        kind: 'embedded',
        url: `unix:${socket}`,
        command: process.execPath,
        args: [fileURLToPath(new URL('../embedded/main.mjs', import.meta.url)), socket],
        note: 'queue: js-redis-server, because neither REDIS_URL is set nor a redis-server is on the PATH; the queue lives in memory, the jobs in the database',
      };
    }
    default:
      return choice satisfies never;
  }
}

function redisArguments(folder: string, socket: string): string[] {
  return [
    ...['--port', '0', '--unixsocket', socket, '--unixsocketperm', '600'],
    ...['--dir', folder, '--appendonly', 'yes', '--appendfsync', 'everysec', '--save', ''],
    ...['--maxmemory-policy', 'noeviction', '--daemonize', 'no', '--loglevel', 'warning'],
  ];
}

/** sun_path holds 108 bytes with its final zero. */
const SOCKET_PATH_BYTES = 107;

async function makePlace(dataDir: string): Promise<{ folder: string; socket: string }> {
  const folder = resolve(dataDir, 'queue');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const socket = join(folder, 'queue.sock');
  if (Buffer.byteLength(socket) <= SOCKET_PATH_BYTES) return { folder, socket };
  return { folder, socket: join(await mkdtemp(join(tmpdir(), 'descent-queue-')), 'queue.sock') };
}

async function findOnPath(name: string, path: string | undefined): Promise<string | undefined> {
  for (const folder of (path ?? '').split(delimiter)) {
    if (folder === '') continue;
    const file = join(folder, name);
    const isProgram = await access(file, constants.X_OK).then(
      async () => (await stat(file)).isFile(),
      () => false,
    );
    if (isProgram) return file;
  }
  return undefined;
}
