export { type Config, readConfig } from './config.ts';
export { type RunningWorker, startWorker } from './start-worker.ts';
export type { Neighbour } from './thread-messages.ts';
