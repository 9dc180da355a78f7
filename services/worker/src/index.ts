export { type Config, prepareEngines, readConfig } from './config.ts';
export { type RunningWorker, startWorker } from './start-worker.ts';
export type { Neighbour } from './thread-messages.ts';
