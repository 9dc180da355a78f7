import path from 'node:path';
import {
  type Environment,
  readInteger,
  readServiceSettings,
  readText,
  requireText,
  type ServiceSettings,
} from '@descent/configuration';
import { DescentError } from '@descent/errors';
import { isPostgres, type S3Place } from '@descent/storage';

/** Everything that the environment decides. Only `main.ts` calls it. */
export interface Config extends ServiceSettings {
  /** DESCENT_DATA_DIR: database, artifacts, bootstrap token. */
  readonly dataDir: string;
  /** DESCENT_DATABASE_URL, `postgres://user:password@host:port/database`; default: the SQLite file `descent.sqlite` in the data folder. */
  readonly database: string;
  /**
   * DESCENT_ARTIFACTS_URL, `s3://bucket/prefix`; left out: the data folder. As for all tools for S3, AWS_REGION (us-east-1),
   * AWS_ENDPOINT_URL_S3 (of MinIO and its like) and AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY or the role of the machine.
   */
  readonly s3: S3Place | undefined;
  /** DESCENT_HOST, default 127.0.0.1. */
  readonly host: string;
  /** DESCENT_PORT, default 7100; 0: any free one. */
  readonly port: number;
  /** DESCENT_MAX_RUNNING_JOBS, default 4. */
  readonly maxRunningJobs: number;
  /** DESCENT_DATASET_BYTES: what all uploaded data sets may take together; left out: no limit. */
  readonly datasetBytes: number;
  /** DESCENT_DATASET_URL_HOSTS: hosts that data sets may be fetched from, with commas between: names, `*.example.org`, `*`. Left out: none. */
  readonly urlHosts: readonly string[];
  /** DESCENT_WEBHOOK_URL_HOSTS: hosts that webhooks may be at, in the same words. Left out: none. */
  readonly webhookHosts: readonly string[];
}

/** @throws DescentError CONFIG_INVALID naming the variable */
export function readConfig(environment: Environment): Config {
  const dataDir = path.resolve(requireText(environment, 'DESCENT_DATA_DIR'));
  return {
    ...readServiceSettings(environment),
    dataDir,
    database: readDatabase(environment) ?? path.join(dataDir, 'descent.sqlite'),
    s3: readS3Place(environment),
    host: readText(environment, 'DESCENT_HOST', '127.0.0.1'),
    port: readInteger(environment, 'DESCENT_PORT', { fallback: 7100, minimum: 0, maximum: 65_535 }),
    datasetBytes: readInteger(environment, 'DESCENT_DATASET_BYTES', {
      fallback: Number.MAX_SAFE_INTEGER,
      minimum: 0,
      maximum: Number.MAX_SAFE_INTEGER,
    }),
    urlHosts: readHosts(environment, 'DESCENT_DATASET_URL_HOSTS'),
    webhookHosts: readHosts(environment, 'DESCENT_WEBHOOK_URL_HOSTS'),
    maxRunningJobs: readInteger(environment, 'DESCENT_MAX_RUNNING_JOBS', {
      fallback: 4,
      minimum: 1,
      maximum: 1000,
    }),
  };
}

function readDatabase(environment: Environment): string | undefined {
  const variable = 'DESCENT_DATABASE_URL';
  const url = readText(environment, variable, '');
  if (url === '' || isPostgres(url)) return url || undefined;
  // What it is instead is not told: it may hold a password.
  throw new DescentError('CONFIG_INVALID', { variable, problem: 'it does not begin with postgres://' });
}

function readS3Place(environment: Environment): S3Place | undefined {
  const variable = 'DESCENT_ARTIFACTS_URL';
  const url = readText(environment, variable, '');
  if (url === '') return undefined;
  const [, bucket, folder = ''] =
    /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/([\w./-]*))?$/.exec(url) ?? [];
  if (bucket === undefined)
    throw new DescentError('CONFIG_INVALID', {
      variable,
      problem: 'it is not of the form s3://bucket/prefix',
    });
  const prefix = folder === '' || folder.endsWith('/') ? folder : `${folder}/`;
  const endpoint = readText(environment, 'AWS_ENDPOINT_URL_S3', '');
  const region = readText(environment, 'AWS_REGION', 'us-east-1');
  return { bucket, prefix, region, ...(endpoint === '' ? {} : { endpoint }) };
}

function readHosts(environment: Environment, name: string): string[] {
  return readText(environment, name, '')
    .split(',')
    .map((host) => host.trim().toLowerCase())
    .filter((host) => host !== '');
}
