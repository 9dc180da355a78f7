import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import {
  type Environment,
  type MetricsSettings,
  readInteger,
  readMetricsSettings,
  readServiceSettings,
  readSwitch,
  readText,
  requireText,
  type ServiceSettings,
} from '@descent/configuration';
import { shardCacheMebibytes } from '@descent/datasets';
import { type EngineChoice, readEngineChoice } from '@descent/engines';
import { slowdownOf } from './slow-down.ts';

/** Everything that the environment decides. Only `main.ts` calls it. */
export interface Config extends Pick<ServiceSettings, 'logLevel'> {
  readonly link: WorkerLink;
  /** DESCENT_API_URL */
  readonly apiUrl: string;
  /** DESCENT_CACHE_DIR: shards of data sets are kept below this folder. */
  readonly cacheDir: string;
  /** DESCENT_CACHE_MIB: of shards on this disk, by all workers that share the folder. Default 20480 (20 GiB). */
  readonly cacheDiskBytes: number;
  /** DESCENT_CACHE_MEMORY_MIB: of shards in memory. Default 256. */
  readonly cacheMemoryBytes: number;
  /** DESCENT_THREADS: of one operation; part of the numerics class. Default 1. */
  readonly threads: number;
  /** DESCENT_DEVICES: how many engines act as one worker, each on a thread, with one connection and one copy of the parameters. Default 1. */
  readonly devices: number;
  /** DESCENT_ENGINE and DESCENT_DEVICE: what computes. Default `auto`: a real GPU where there is one. */
  readonly choice: EngineChoice;
  /** DESCENT_BENCH_SLOWDOWN: for benchmarks only; how many times as long computing takes. */
  readonly slowdown: number;
  /** DESCENT_CHANNEL_CHECKSUM: 1 on every connection, 0 on none. Not set: between hosts. */
  readonly checksum: boolean | undefined;
  /** DESCENT_METRICS_PORT: where `/metrics` is served for Prometheus, at DESCENT_METRICS_HOST (127.0.0.1); default: nowhere. */
  readonly metrics: MetricsSettings | undefined;
  /** DESCENT_NAME: how this process is called in events. */
  readonly name: string;
}

/**
 * Where gradient jobs come from. With DESCENT_WORKER_TOKEN from the api alone, from wherever that can be reached; else from
 * the queue, as one of the installation's own processes.
 */
export type WorkerLink =
  | ({ readonly from: 'this-installation' } & ServiceSettings)
  | { readonly from: 'elsewhere'; readonly token: string };

/** What engines read from the environment by themselves; before the first of them is loaded, and only by a main thread. */
export function prepareEngines(environment: NodeJS.ProcessEnv): void {
  // onnxruntime reports its use to its maker unless told otherwise.
  environment.ORT_DISABLE_TELEMETRY = '1';
  // TensorFlow on a GPU adds up in any order unless told otherwise, and logs what it finds.
  environment.TF_DETERMINISTIC_OPS = '1';
  environment.TF_CPP_MIN_LOG_LEVEL ??= '2';
}

/** @throws DescentError CONFIG_INVALID naming the variable */
export function readConfig(environment: Environment): Config {
  // A container that is started anew has the same host name and process id, and must not be taken for the process that ended.
  const name = environment.DESCENT_NAME || `${hostname()}-${process.pid}-${randomBytes(2).toString('hex')}`;
  return {
    link: readLink(environment),
    logLevel: readText(environment, 'LOG_LEVEL', 'info'),
    apiUrl: requireText(environment, 'DESCENT_API_URL'),
    cacheDir: requireText(environment, 'DESCENT_CACHE_DIR'),
    cacheDiskBytes: mebi(environment, 'DESCENT_CACHE_MIB', 20_480),
    cacheMemoryBytes: mebi(environment, 'DESCENT_CACHE_MEMORY_MIB', shardCacheMebibytes),
    threads: readInteger(environment, 'DESCENT_THREADS', { fallback: 1, minimum: 1, maximum: 256 }),
    devices: readInteger(environment, 'DESCENT_DEVICES', { fallback: 1, minimum: 1, maximum: 64 }),
    checksum: readSwitch(environment, 'DESCENT_CHANNEL_CHECKSUM'),
    choice: readEngineChoice(environment),
    metrics: readMetricsSettings(environment),
    slowdown: slowdownOf(environment.DESCENT_BENCH_SLOWDOWN, name),
    name,
  };
}

function readLink(environment: Environment): WorkerLink {
  const token = readText(environment, 'DESCENT_WORKER_TOKEN', '');
  if (token !== '') return { from: 'elsewhere', token };
  return { from: 'this-installation', ...readServiceSettings(environment) };
}

function mebi(environment: Environment, name: string, fallback: number): number {
  return 2 ** 20 * readInteger(environment, name, { fallback, minimum: 0, maximum: 2 ** 30 });
}
