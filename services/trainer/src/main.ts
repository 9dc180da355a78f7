import { crashSignals, readInteger } from '@descent/configuration';
import { createLogger } from '@descent/observability';
import { readConfig as readServerConfig, startParameterServer } from '@descent/parameter-server';
import {
  prepareEngines,
  type RunningWorker,
  readConfig as readWorkerConfig,
  startWorker,
} from '@descent/worker';
import closeWithGrace from 'close-with-grace';

/**
 * The environment is that of a parameter server and of a worker; besides:
 * DESCENT_WORKERS: threads that compute, each a worker of its own;
 * DESCENT_WORKER_NAME: what they are called, before their number.
 */
const env = process.env;
prepareEngines(env);
const serverConfig = readServerConfig(env);
const count = readInteger(env, 'DESCENT_WORKERS', { fallback: 1, minimum: 1, maximum: 256 });
const prefix = env.DESCENT_WORKER_NAME ?? `${serverConfig.name}-worker`;
readWorkerConfig(env);

const logger = createLogger({ name: 'trainer', level: serverConfig.logLevel });
const server = await startParameterServer(serverConfig);
const workers = new Map<number, RunningWorker>();
let leaving = false;

/** The parameter server counts what it loses: a thread that dies is replaced by one with another name. */
async function work(number: number, start: number): Promise<void> {
  const name = start === 1 ? `${prefix}-${number}` : `${prefix}-${number}.${start}`;
  // The phases of the work are told by the parameter server, at its port.
  const config = { ...readWorkerConfig({ ...env, DESCENT_NAME: name }), metrics: undefined };
  const worker = await startWorker(config, server);
  workers.set(number, worker);
  void worker.left.then((reason) => logger.info({ worker: worker.name, reason }, 'the worker has left'));
  void worker.died.then(async (err) => {
    if (leaving) return;
    logger.error({ err, worker: name }, 'a compute thread died; another takes its place');
    workers.delete(number);
    await worker.close();
    await work(number, start + 1);
  });
}

await Promise.all(Array.from({ length: count }, (_, index) => work(index + 1, 1)));
process.send?.({ type: 'ready', address: server.address });

const { close } = closeWithGrace({ delay: 9_000, logger, skip: [...crashSignals] }, async ({ err }) => {
  leaving = true;
  if (err !== undefined) logger.fatal({ err }, 'trainer failed');
  await Promise.all([...workers.values()].map((worker) => worker.close()));
  await server.close();
});
// A supervisor that was killed cannot stop us: the end of its IPC channel does.
process.once('disconnect', close);
