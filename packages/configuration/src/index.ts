export {
  type Environment,
  type IntegerRange,
  readInteger,
  readSwitch,
  readText,
  requireSecret,
  requireText,
} from './environment.ts';
export { readServiceSettings, type ServiceSettings } from './service-settings.ts';
export { whenReachable } from './when-reachable.ts';
