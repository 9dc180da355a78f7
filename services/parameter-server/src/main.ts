import { whenReachable } from '@descent/configuration';
import { createLogger, createPhaseMetrics, serveMetrics } from '@descent/observability';
import { connectQueue } from '@descent/queue';
import closeWithGrace from 'close-with-grace';
import { readConfig } from './config.ts';
import { startHost } from './host.ts';
import { createTruth } from './truth.ts';

const config = readConfig(process.env);
const logger = createLogger({ name: 'parameter-server', level: config.logLevel });
const truth = createTruth({ ...config, server: config.name });
await whenReachable(config.apiUrl, (problem) => logger.warn(problem));
const queue = await connectQueue({ url: config.redisUrl, prefix: config.queuePrefix, logger });
const metrics = config.metrics && createPhaseMetrics('descent_parameter_server_');
const metricsServer = config.metrics && metrics && (await serveMetrics(metrics.registry, config.metrics));
const host = await startHost({
  truth,
  queue,
  channelAddress: config.channelAddress,
  advertisedAddress: config.advertisedAddress,
  checksum: config.checksum,
  maxJobs: config.maxJobs,
  sumOrder: config.sumOrder,
  ...(metrics && { onPhases: metrics.observe }),
  logger,
});
logger.info({ address: host.address }, 'parameter server ready');
process.send?.({ type: 'ready', address: host.address });

const { close } = closeWithGrace({ delay: 9_000, logger }, async ({ err }) => {
  if (err !== undefined) logger.fatal({ err }, 'parameter server failed');
  await host.close();
  await queue.close();
  await metricsServer?.close();
});
// A supervisor that was killed cannot stop us: the end of its IPC channel does.
process.once('disconnect', close);
