import { readInteger } from '@descent/configuration';
import { createLogger } from '@descent/observability';
import { readConfig as readServerConfig, startParameterServer } from '@descent/parameter-server';
import { readConfig as readWorkerConfig, startWorker } from '@descent/worker';
import closeWithGrace from 'close-with-grace';

/**
 * The environment is that of a parameter server; besides:
 * DESCENT_WORKERS: threads that compute, each a worker of its own;
 * DESCENT_WORKER_NAME: what they are called, before their number.
 */
const serverConfig = readServerConfig(process.env);
const count = readInteger(process.env, 'DESCENT_WORKERS', { fallback: 1, minimum: 1, maximum: 256 });
const workerConfigs = Array.from({ length: count }, (_, index) => {
  const name = `${process.env.DESCENT_WORKER_NAME ?? serverConfig.name}-${index + 1}`;
  // The phases of their work are told by the parameter server, at its port.
  return { ...readWorkerConfig({ ...process.env, DESCENT_NAME: name }), metrics: undefined };
});

const logger = createLogger({ name: 'trainer', level: serverConfig.logLevel });
const server = await startParameterServer(serverConfig);
const workers = await Promise.all(workerConfigs.map((config) => startWorker(config, server)));
process.send?.({ type: 'ready', address: server.address });

const { close } = closeWithGrace({ delay: 9_000, logger }, async ({ err }) => {
  if (err !== undefined) logger.fatal({ err }, 'trainer failed');
  await Promise.all(workers.map((worker) => worker.close()));
  await server.close();
});
// A supervisor that was killed cannot stop us: the end of its IPC channel does.
process.once('disconnect', close);
void Promise.race(workers.map(({ died }) => died)).then((err) => {
  logger.fatal({ err }, 'a compute thread died');
  close();
});
