export {
  type Environment,
  type IntegerRange,
  readInteger,
  requireSecret,
  requireText,
} from './environment.ts';
export { readServiceSettings, type ServiceSettings } from './service-settings.ts';
