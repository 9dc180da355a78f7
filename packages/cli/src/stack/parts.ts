import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { type QueueServerPlan, waitUntilReady } from '@descent/queue';
import type { PartDefinition } from '../supervisor/process-launcher.ts';

export interface StackSettings {
  /** Of the user; passed on to every process. */
  readonly env: NodeJS.ProcessEnv;
  readonly dataDir: string;
  readonly cacheDir: string;
  readonly host: string;
  /** Asked when the api is started: after its first start, the port that it got. */
  port(): number;
  /** Address of the api for our own processes. Asked once it runs. */
  apiUrl(): string;
  readonly channelAddress: string;
  readonly serviceToken: string;
  readonly queue: QueueServerPlan;
  readonly workers: number;
  /** Each part in a process of its own, rather than parameter server and workers in one. */
  readonly separate: boolean;
  /** `host:port` by which workers of other machines reach the parameter server; undefined: they cannot. */
  readonly workerAddress?: string | undefined;
}

/** `import.meta.resolve` is not there under every test runner. */
const resolvePackage = createRequire(import.meta.url).resolve;

/**
 * Has malloc ask for pages of 2 MiB, where the system gives them to those that ask: a step reads and writes megabytes, and
 * 4 to 8 % of its time went into finding small pages (docs/performance.md). glibc reads it before a program starts, so
 * no process can set it for itself; other C libraries ignore it.
 */
const largePages = { GLIBC_TUNABLES: 'glibc.malloc.hugetlb=1' };

const queueName = 'queue';
const readyWithinMs = 60_000;

/** The queue server, unless somebody else runs it, the api, and a parameter server and workers in one process or in many. */
export function stackParts(settings: StackSettings): PartDefinition[] {
  const { queue } = settings;
  const needsQueue = queue.command === null ? [] : [queueName];
  const shared = {
    ...largePages,
    ...settings.env,
    REDIS_URL: queue.url,
    // Two stacks may share one Redis.
    DESCENT_QUEUE_PREFIX: settings.env.DESCENT_QUEUE_PREFIX ?? queuePrefix(settings.dataDir),
    DESCENT_SERVICE_TOKEN: settings.serviceToken,
  };
  const service = (name: string, env: (start: number) => NodeJS.ProcessEnv): PartDefinition['command'] => {
    const main = serviceMain(name);
    return (start) => ({ file: process.execPath, args: [main], env: { ...shared, ...env(start) } });
  };
  // A name of its own for every process: the parts that it talks to must tell it from the one before.
  const nameOf = (name: string, start: number) => (start === 1 ? name : `${name}.${start}`);

  const { workerAddress } = settings;
  const remoteEnv =
    workerAddress === undefined
      ? {}
      : {
          DESCENT_CHANNEL_REMOTE_ADDRESS: `tcp:0.0.0.0:${workerAddress.slice(workerAddress.lastIndexOf(':') + 1)}`,
          DESCENT_CHANNEL_REMOTE_ADVERTISED_ADDRESS: `tcp:${workerAddress}`,
        };
  const serverEnv = (start: number) => ({
    DESCENT_API_URL: settings.apiUrl(),
    DESCENT_CHANNEL_ADDRESS: settings.channelAddress,
    DESCENT_NAME: nameOf('parameter-server', start),
    DESCENT_REPLACES: 'parameter-server',
    ...remoteEnv,
  });
  const workerEnv = { DESCENT_CACHE_DIR: settings.cacheDir };
  const fromApi = { needs: ['api'], stopWithinMs: 3_000, readyWithinMs, readiness: 'message' } as const;
  const separateParts = (): PartDefinition[] => [
    { ...fromApi, name: 'parameter-server', stopRank: 1, command: service('parameter-server', serverEnv) },
    ...Array.from({ length: settings.workers }, (_, index): PartDefinition => {
      const name = `worker-${index + 1}`;
      return {
        ...fromApi,
        name,
        isBackground: true,
        stopRank: 0,
        command: service('worker', (start) => ({
          ...workerEnv,
          DESCENT_API_URL: settings.apiUrl(),
          DESCENT_NAME: nameOf(name, start),
        })),
      };
    }),
  ];
  const trainer: PartDefinition = {
    ...fromApi,
    name: 'trainer',
    isBackground: true,
    stopRank: 1,
    stopWithinMs: 6_000,
    command: service('trainer', (start) => ({
      ...workerEnv,
      ...serverEnv(start),
      DESCENT_WORKERS: String(settings.workers),
      DESCENT_WORKER_NAME: start === 1 ? 'worker' : `worker.${start}`,
    })),
  };

  const parts: PartDefinition[] = [
    {
      name: 'api',
      needs: needsQueue,
      stopRank: 2,
      stopWithinMs: 2_000,
      readyWithinMs,
      readiness: 'message',
      command: service('api', () => ({
        DESCENT_DATA_DIR: settings.dataDir,
        DESCENT_HOST: settings.host,
        DESCENT_PORT: String(settings.port()),
      })),
    },
    ...(settings.separate ? separateParts() : [trainer]),
  ];

  const { command, args } = queue;
  if (command === null) return parts;
  return [
    {
      name: queueName,
      needs: [],
      stopRank: 3,
      stopWithinMs: 1_000,
      readyWithinMs: 15_000,
      readiness: (signal) => waitUntilReady(queue.url, { signal, timeoutMs: 15_000 }),
      command: () => ({ file: command, args, env: settings.env }),
    },
    ...parts,
  ];
}

function queuePrefix(dataDir: string): string {
  return `descent-${createHash('sha256').update(dataDir).digest('hex').slice(0, 12)}`;
}

/** The program of a service. It is run as a process, never imported. */
export function serviceMain(name: string): string {
  return join(dirname(resolvePackage(`@descent/${name}/package.json`)), 'dist', 'main.js');
}
