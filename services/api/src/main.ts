import { fileURLToPath } from 'node:url';
import { crashSignals } from '@descent/configuration';
import { isDescentError } from '@descent/errors';
import { createLogger } from '@descent/observability';
import { connectQueue } from '@descent/queue';
import closeWithGrace from 'close-with-grace';
import { buildApp } from './app.ts';
import { readConfig } from './config.ts';

// onnxruntime reports its use to its maker unless told otherwise; only a main thread can tell it.
process.env.ORT_DISABLE_TELEMETRY = '1';
/** Connections that nobody has accepted yet: beyond Node's 511 a flood makes others try again after a second. Systems allow 4,096. */
const backlog = 4096;

const logger = createLogger({ name: 'api', level: process.env.LOG_LEVEL ?? 'info' });

try {
  const config = readConfig(process.env);
  const queue = await connectQueue({ url: config.redisUrl, prefix: config.queuePrefix, logger });
  const app = await buildApp({
    dataDir: config.dataDir,
    database: config.database,
    ...(config.s3 === undefined ? {} : { s3: config.s3 }),
    serviceToken: config.serviceToken,
    queue: {
      add: (id, payload, options) => queue.training.add(id, payload, options),
      has: (ids) => queue.training.has(ids),
      remove: (ids) => queue.training.remove(ids),
      ping: () => queue.ping(),
      news: queue.news,
      gradients: (team) => (team === null ? queue.gradients : queue.lent(team)),
    },
    logger,
    dashboardDir: fileURLToPath(new URL('../../dashboard/dist', import.meta.url)),
    limits: {
      maxRunningJobs: config.maxRunningJobs,
      datasetBytes: config.datasetBytes,
      urlHosts: config.urlHosts,
      webhookHosts: config.webhookHosts,
    },
  });
  const { close } = closeWithGrace({ delay: 8000, skip: [...crashSignals] }, async ({ err, signal }) => {
    if (err !== undefined) logger.fatal({ err }, 'The api stops after an error that nobody caught');
    else logger.info({ signal }, 'The api stops');
    await app.server.close();
    await queue.close();
  });
  // A supervisor that was killed cannot stop us: the end of its IPC channel does.
  process.once('disconnect', close);
  const url = await app.server.listen({ host: config.host, port: config.port, backlog });
  app.startDispatching();
  logger.info({ url, dataDir: config.dataDir }, `The api listens on ${url}`);
  const token = app.bootstrapToken;
  process.send?.({ type: 'ready', url, ...(token === null ? {} : { token }) });
} catch (error) {
  if (isDescentError(error)) logger.fatal({ code: error.code, details: error.details }, error.message);
  else logger.fatal({ err: error }, 'The api cannot start');
  process.exit(1);
}
