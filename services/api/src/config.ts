import path from 'node:path';
import { DescentError } from '@descent/errors';

/** Everything that the environment decides. Only `main.ts` calls it. */
export interface Config {
  /** DESCENT_DATA_DIR: database, artifacts, bootstrap token. */
  readonly dataDir: string;
  /** DESCENT_HOST, default 127.0.0.1. */
  readonly host: string;
  /** DESCENT_PORT, default 7100; 0: any free one. */
  readonly port: number;
  /** REDIS_URL */
  readonly redisUrl: string;
  /** DESCENT_QUEUE_PREFIX, default `descent`. */
  readonly queuePrefix: string;
  /** DESCENT_SERVICE_TOKEN: what parameter servers and workers show to the internal routes. */
  readonly serviceToken: string;
  /** DESCENT_MAX_RUNNING_JOBS, default 4. */
  readonly maxRunningJobs: number;
  /** LOG_LEVEL, default `info`. */
  readonly logLevel: string;
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** @throws DescentError CONFIG_INVALID naming the variable */
export function readConfig(environment: Environment): Config {
  return {
    dataDir: path.resolve(required(environment, 'DESCENT_DATA_DIR')),
    host: environment.DESCENT_HOST ?? '127.0.0.1',
    port: integer(environment, 'DESCENT_PORT', { fallback: 7100, minimum: 0, maximum: 65_535 }),
    redisUrl: required(environment, 'REDIS_URL'),
    queuePrefix: environment.DESCENT_QUEUE_PREFIX ?? 'descent',
    serviceToken: secret(environment, 'DESCENT_SERVICE_TOKEN'),
    maxRunningJobs: integer(environment, 'DESCENT_MAX_RUNNING_JOBS', {
      fallback: 4,
      minimum: 1,
      maximum: 1000,
    }),
    logLevel: environment.LOG_LEVEL ?? 'info',
  };
}

function required(environment: Environment, variable: string): string {
  const value = environment[variable];
  if (value === undefined || value === '') {
    throw new DescentError('CONFIG_INVALID', { variable, problem: 'it is not set' });
  }
  return value;
}

/** A short one could be guessed by whoever reaches the port. */
function secret(environment: Environment, variable: string): string {
  const value = required(environment, variable);
  if (value.length >= 16) return value;
  throw new DescentError('CONFIG_INVALID', { variable, problem: 'it needs at least 16 characters' });
}

function integer(
  environment: Environment,
  variable: string,
  range: { readonly fallback: number; readonly minimum: number; readonly maximum: number },
): number {
  const text = environment[variable];
  if (text === undefined || text === '') return range.fallback;
  const value = Number(text);
  if (Number.isInteger(value) && value >= range.minimum && value <= range.maximum) return value;
  throw new DescentError('CONFIG_INVALID', {
    variable,
    problem: `"${text}" is not a whole number from ${range.minimum} to ${range.maximum}`,
  });
}
