export { crashSignals } from './crash-signals.ts';
export {
  type Environment,
  type IntegerRange,
  readInteger,
  readSwitch,
  readText,
  requireSecret,
  requireText,
} from './environment.ts';
export { type MetricsSettings, readMetricsSettings } from './metrics-settings.ts';
export { readServiceSettings, type ServiceSettings } from './service-settings.ts';
export { whenReachable } from './when-reachable.ts';
