import { createLogger } from '@descent/observability';
import closeWithGrace from 'close-with-grace';
import { prepareEngines, readConfig } from './config.ts';
import { startWorker } from './start-worker.ts';

prepareEngines(process.env);
const config = readConfig(process.env);
const logger = createLogger({ name: 'worker', level: config.logLevel });
const worker = await startWorker(config);
process.send?.({ type: 'ready', worker: config.name });

const { close } = closeWithGrace({ delay: 9_000, logger }, async ({ err }) => {
  if (err !== undefined) logger.fatal({ err }, 'worker failed');
  await worker.close();
});
// A supervisor that was killed cannot stop us: the end of its IPC channel does.
process.once('disconnect', close);
void worker.died.then((err) => {
  logger.fatal({ err }, 'the compute thread died');
  close();
});
