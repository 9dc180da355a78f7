import { hostname } from 'node:os';

export interface Config {
  readonly apiUrl: string;
  readonly serviceToken: string;
  readonly redisUrl: string;
  readonly queuePrefix: string;
  /** `unix:/path` or `tcp:host:port`. */
  readonly channelAddress: string;
  readonly maxJobs: number;
  readonly name: string;
  readonly logLevel: string;
}

/** Reads the environment. Throws an Error that names the first variable that is missing or wrong. */
export function readConfig(env: NodeJS.ProcessEnv): Config {
  const required = (name: string): string => {
    const value = env[name];
    if (value === undefined || value === '') throw new Error(`${name} must be set; see docs/operations.md`);
    return value;
  };
  const maxJobs = Number(env.DESCENT_MAX_JOBS ?? 8);
  if (!Number.isInteger(maxJobs) || maxJobs < 1)
    throw new Error('DESCENT_MAX_JOBS must be a whole number from 1');
  return {
    apiUrl: required('DESCENT_API_URL'),
    serviceToken: required('DESCENT_SERVICE_TOKEN'),
    redisUrl: required('REDIS_URL'),
    queuePrefix: env.DESCENT_QUEUE_PREFIX ?? 'descent',
    channelAddress: env.DESCENT_CHANNEL_ADDRESS ?? 'tcp:127.0.0.1:0',
    maxJobs,
    name: env.DESCENT_NAME ?? `${hostname()}-${process.pid}`,
    logLevel: env.LOG_LEVEL ?? 'info',
  };
}
