import { hostname, totalmem } from 'node:os';
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

/** Everything that the environment decides. Only `main.ts` calls it. */
export interface Config extends ServiceSettings {
  /** DESCENT_API_URL */
  readonly apiUrl: string;
  /** DESCENT_CHANNEL_ADDRESS, `unix:/path` or `tcp:host:port`; default: a free port on loopback. */
  readonly channelAddress: string;
  /**
   * DESCENT_CHANNEL_ADVERTISED_ADDRESS: what workers are told instead, behind a port mapping or a proxy. Not set, and
   * listening on every interface (`tcp:0.0.0.0:7200`): the name of this host.
   */
  readonly advertisedAddress: string | undefined;
  /** DESCENT_CHANNEL_REMOTE_ADDRESS, `tcp:host:port`: listens there too, for workers of other machines; default: it does not. */
  readonly remoteAddress: string | undefined;
  /** DESCENT_CHANNEL_REMOTE_ADVERTISED_ADDRESS: what those are told instead. */
  readonly remoteAdvertisedAddress: string | undefined;
  /** DESCENT_SERVER_MEMORY_MIB: what all its training jobs together may take. Default: half of what this process may have. */
  readonly memoryBytes: number;
  /** DESCENT_CHANNEL_CHECKSUM: 1 on every connection, 0 on none. Not set: between hosts. */
  readonly checksum: boolean | undefined;
  /** DESCENT_MAX_JOBS: training jobs served at once, default 8. */
  readonly maxJobs: number;
  /** DESCENT_BENCH_ARRIVAL_ORDER=1: add gradients as they come, for the benchmark of the fixed order. Gives up equal bits. */
  readonly sumOrder: 'tree' | 'arrival';
  /** DESCENT_METRICS_PORT: where `/metrics` is served for Prometheus, at DESCENT_METRICS_HOST (127.0.0.1); default: nowhere. */
  readonly metrics: MetricsSettings | undefined;
  /** DESCENT_NAME: how this process is called in events. */
  readonly name: string;
  /** DESCENT_REPLACES: name of processes that had ended before this one was started; set by a supervisor that knows. */
  readonly replaces: string | undefined;
}

/** @throws DescentError CONFIG_INVALID naming the variable */
export function readConfig(environment: Environment): Config {
  return {
    ...readServiceSettings(environment),
    apiUrl: requireText(environment, 'DESCENT_API_URL'),
    channelAddress: readText(environment, 'DESCENT_CHANNEL_ADDRESS', 'tcp:127.0.0.1:0'),
    advertisedAddress:
      readText(environment, 'DESCENT_CHANNEL_ADVERTISED_ADDRESS', '') || ownAddress(environment),
    remoteAddress: readText(environment, 'DESCENT_CHANNEL_REMOTE_ADDRESS', '') || undefined,
    remoteAdvertisedAddress:
      readText(environment, 'DESCENT_CHANNEL_REMOTE_ADVERTISED_ADDRESS', '') || undefined,
    memoryBytes:
      2 ** 20 *
      readInteger(environment, 'DESCENT_SERVER_MEMORY_MIB', {
        fallback: Math.floor(availableBytes() / 2 / 2 ** 20),
        minimum: 1,
        maximum: 2 ** 30,
      }),
    checksum: readSwitch(environment, 'DESCENT_CHANNEL_CHECKSUM'),
    maxJobs: readInteger(environment, 'DESCENT_MAX_JOBS', { fallback: 8, minimum: 1, maximum: 1000 }),
    metrics: readMetricsSettings(environment),
    sumOrder: environment.DESCENT_BENCH_ARRIVAL_ORDER === '1' ? 'arrival' : 'tree',
    replaces: readText(environment, 'DESCENT_REPLACES', '') || undefined,
    name: readText(environment, 'DESCENT_NAME', `${hostname()}-${process.pid}`),
  };
}

function ownAddress(environment: Environment): string | undefined {
  const anywhere = /^tcp:(?:0\.0\.0\.0|\[::\]):([1-9]\d*)$/.exec(environment.DESCENT_CHANNEL_ADDRESS ?? '');
  return anywhere === null ? undefined : `tcp:${hostname()}:${anywhere[1]}`;
}

/** Of the machine, or of the container where one sets a limit. */
function availableBytes(): number {
  const limit = process.constrainedMemory();
  return limit > 0 && limit < totalmem() ? limit : totalmem();
}
