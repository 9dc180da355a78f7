export { type Config, readConfig } from './config.ts';
export type { Host } from './host.ts';
export { startParameterServer } from './start-parameter-server.ts';
