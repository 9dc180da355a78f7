export {
  type ConnectQueueOptions,
  connectQueue,
  gradientQueueId,
  type QueueConnection,
} from './connect-queue.ts';
export type { Consumer, QueueHandler } from './consumer.ts';
export type { JobQueue, QueuedState } from './job-queue.ts';
export type { QueueLogger } from './logger.ts';
export type { NewsChannel } from './news.ts';
export {
  chooseQueueServer,
  planQueueServer,
  type QueueServerChoice,
  type QueueServerKind,
  type QueueServerPlan,
} from './queue-server.ts';
export { waitUntilReady } from './wait-until-ready.ts';
