import { type Environment, readText, requireSecret, requireText } from './environment.ts';

/** What every service is told. */
export interface ServiceSettings {
  /** REDIS_URL */
  readonly redisUrl: string;
  /** DESCENT_QUEUE_PREFIX, default `descent`. */
  readonly queuePrefix: string;
  /** DESCENT_SERVICE_TOKEN: what parameter servers and workers show to the internal routes of the api. */
  readonly serviceToken: string;
  /** LOG_LEVEL, default `info`. */
  readonly logLevel: string;
}

export function readServiceSettings(environment: Environment): ServiceSettings {
  return {
    redisUrl: requireText(environment, 'REDIS_URL'),
    queuePrefix: readText(environment, 'DESCENT_QUEUE_PREFIX', 'descent'),
    serviceToken: requireSecret(environment, 'DESCENT_SERVICE_TOKEN'),
    logLevel: readText(environment, 'LOG_LEVEL', 'info'),
  };
}
