import { crashSignals } from '@descent/configuration';
import { isDescentError } from '@descent/errors';
import { createLogger } from '@descent/observability';
import closeWithGrace from 'close-with-grace';
import { prepareEngines, readConfig } from './config.ts';
import { startWorker } from './start-worker.ts';

prepareEngines(process.env);
const config = readConfig(process.env);
const logger = createLogger({ name: 'worker', level: config.logLevel });
const worker = await startWorker(config).catch((error: unknown) => {
  if (isDescentError(error)) logger.fatal({ code: error.code }, `${error.message}. ${error.entry.advice}`);
  else logger.fatal({ err: error }, 'The worker cannot start');
  process.exit(1);
});
process.send?.({ type: 'ready', worker: config.name });

const { close } = closeWithGrace({ delay: 9_000, logger, skip: [...crashSignals] }, async ({ err }) => {
  if (err !== undefined) logger.fatal({ err }, 'worker failed');
  await worker.close();
});
// A supervisor that was killed cannot stop us: the end of its IPC channel does.
process.once('disconnect', close);
void worker.left.then((reason) => {
  logger.info({ worker: worker.name, reason }, 'the worker has left');
  // A supervisor would start what ends again, unless it is told.
  if (process.send === undefined) close();
  else process.send({ type: 'left', reason }, () => close());
});
void worker.died.then((err) => {
  logger.fatal({ err }, 'the compute thread died');
  close();
});
