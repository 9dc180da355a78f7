import { type Environment, readInteger, readText } from './environment.ts';

/** Where a process without a web server of its own serves `/metrics`. */
export interface MetricsSettings {
  readonly host: string;
  readonly port: number;
}

/**
 * DESCENT_METRICS_PORT and DESCENT_METRICS_HOST (127.0.0.1); undefined without a port.
 * @throws DescentError CONFIG_INVALID naming the variable
 */
export function readMetricsSettings(environment: Environment): MetricsSettings | undefined {
  const port = readInteger(environment, 'DESCENT_METRICS_PORT', {
    fallback: -1,
    minimum: 0,
    maximum: 65_535,
  });
  return port < 0 ? undefined : { host: readText(environment, 'DESCENT_METRICS_HOST', '127.0.0.1'), port };
}
