import { whenReachable } from '@descent/configuration';
import { createLogger, createPhaseMetrics, serveMetrics } from '@descent/observability';
import { connectQueue } from '@descent/queue';
import type { Config } from './config.ts';
import { type Host, startHost } from './host.ts';
import { announceServer } from './server-presence.ts';
import { createTruth } from './truth.ts';

/** Starts taking training jobs, once the api and the queue can be reached. */
export async function startParameterServer(config: Config): Promise<Host> {
  const logger = createLogger({ name: 'parameter-server', level: config.logLevel });
  const truth = createTruth({ ...config, server: config.name });
  await whenReachable(config.apiUrl, (problem) => logger.warn(problem));
  if (config.replaces !== undefined) {
    await truth
      .replace(config.replaces)
      .catch((err) => logger.warn({ err }, 'the jobs of the server before this one wait to be missed'));
  }
  const queue = await connectQueue({ url: config.redisUrl, prefix: config.queuePrefix, logger });
  const metrics = config.metrics && createPhaseMetrics('descent_parameter_server_');
  const metricsServer = config.metrics && metrics && (await serveMetrics(metrics.registry, config.metrics));
  const host = await startHost({
    truth,
    queue,
    channelAddress: config.channelAddress,
    advertisedAddress: config.advertisedAddress,
    remoteAddress: config.remoteAddress,
    checksum: config.checksum,
    maxJobs: config.maxJobs,
    sumOrder: config.sumOrder,
    ...(metrics && { onPhases: metrics.observe }),
    logger,
  });
  const presence = announceServer(truth, {
    memoryBytes: config.memoryBytes,
    remoteAddress: host.remoteAddress && (config.remoteAdvertisedAddress ?? host.remoteAddress),
  });
  logger.info({ address: host.address }, 'parameter server ready');
  return {
    ...host,
    async close() {
      presence.stop();
      await host.close();
      await queue.close();
      await metricsServer?.close();
    },
  };
}
