import { whenReachable } from '@descent/configuration';
import { createLogger, createPhaseMetrics, serveMetrics } from '@descent/observability';
import { connectQueue } from '@descent/queue';
import { startComputeThread } from './compute-thread-handle.ts';
import type { Config } from './config.ts';
import { createHeartbeats } from './heartbeats.ts';
import type { Neighbour } from './thread-messages.ts';

/** A worker that takes gradient jobs. */
export interface RunningWorker {
  readonly numericsClass: string;
  /** Resolves when its compute thread has ended by itself: always a fault. */
  readonly died: Promise<Error>;
  /** Hands back what it holds, then stops. */
  close(): Promise<void>;
}

/** @param neighbour the parameter server that lives in this process, if any */
export async function startWorker(config: Config, neighbour?: Neighbour): Promise<RunningWorker> {
  const logger = createLogger({ name: 'worker', level: config.logLevel });
  const metrics = config.metrics && createPhaseMetrics('descent_worker_');
  const metricsServer = config.metrics && metrics && (await serveMetrics(metrics.registry, config.metrics));
  const compute = await startComputeThread(
    { ...config, worker: config.name, timed: config.metrics !== undefined, neighbour },
    (times) => {
      for (const { wait, pull, data, compute, sum } of times)
        metrics?.observe({ queue: wait, pull, data, compute, reduce: sum }, 1);
    },
  );
  const heartbeats = createHeartbeats(config.name, {
    clock: () => performance.now(),
    onSilence: compute.abandon,
    checksum: config.checksum,
  });
  await whenReachable(config.apiUrl, (problem) => logger.warn(problem));
  const queue = await connectQueue({ url: config.redisUrl, prefix: config.queuePrefix, logger });

  const consumer = queue.gradients.consume(async (job) => {
    heartbeats.start(job);
    const problem = await compute.serve(job);
    if (problem !== undefined)
      logger.warn({ jobId: job.jobId, serial: job.serial, problem }, 'gradient job ended early');
  });
  logger.info({ worker: config.name, numericsClass: compute.numericsClass }, 'worker ready');

  return {
    numericsClass: compute.numericsClass,
    died: compute.died,
    async close() {
      consumer.pause();
      compute.leave('the worker is shutting down');
      await consumer.close({ graceMs: 5_000 });
      heartbeats.stop();
      await compute.close();
      await queue.close();
      await metricsServer?.close();
    },
  };
}
