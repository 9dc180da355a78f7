import { hostname } from 'node:os';

export interface Config {
  readonly apiUrl: string;
  readonly serviceToken: string;
  readonly redisUrl: string;
  readonly queuePrefix: string;
  readonly name: string;
  /** Shards of data sets are kept below this folder. */
  readonly cacheDir: string;
  /** Of the engine. Part of the numerics class. */
  readonly threads: number;
  readonly logLevel: string;
}

/** Reads the environment. Throws an Error that names the first variable that is missing or wrong. */
export function readConfig(env: NodeJS.ProcessEnv): Config {
  const required = (name: string): string => {
    const value = env[name];
    if (value === undefined || value === '') throw new Error(`${name} must be set; see docs/operations.md`);
    return value;
  };
  const threads = Number(env.DESCENT_THREADS ?? 1);
  if (!Number.isInteger(threads) || threads < 1)
    throw new Error('DESCENT_THREADS must be a whole number from 1');
  return {
    apiUrl: required('DESCENT_API_URL'),
    serviceToken: required('DESCENT_SERVICE_TOKEN'),
    redisUrl: required('REDIS_URL'),
    queuePrefix: env.DESCENT_QUEUE_PREFIX ?? 'descent',
    name: env.DESCENT_NAME ?? `${hostname()}-${process.pid}`,
    cacheDir: required('DESCENT_CACHE_DIR'),
    threads,
    logLevel: env.LOG_LEVEL ?? 'info',
  };
}
