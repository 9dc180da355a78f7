import { whenReachable } from '@descent/configuration';
import { createLogger, createPhaseMetrics, serveMetrics } from '@descent/observability';
import { connectQueue } from '@descent/queue';
import closeWithGrace from 'close-with-grace';
import { startComputeThread } from './compute-thread-handle.ts';
import { readConfig } from './config.ts';
import { createHeartbeats } from './heartbeats.ts';

// onnxruntime reports its use to its maker unless told otherwise; only a main thread can tell it.
process.env.ORT_DISABLE_TELEMETRY = '1';
// TensorFlow on a GPU adds up in any order unless told otherwise, and logs what it finds.
process.env.TF_DETERMINISTIC_OPS = '1';
process.env.TF_CPP_MIN_LOG_LEVEL ??= '2';
const config = readConfig(process.env);
const logger = createLogger({ name: 'worker', level: config.logLevel });
const metrics = config.metrics && createPhaseMetrics('descent_worker_');
const metricsServer = config.metrics && metrics && (await serveMetrics(metrics.registry, config.metrics));
const compute = await startComputeThread(
  { ...config, worker: config.name, timed: config.metrics !== undefined },
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
process.send?.({ type: 'ready', worker: config.name });

const { close } = closeWithGrace({ delay: 9_000, logger }, async ({ err }) => {
  if (err !== undefined) logger.fatal({ err }, 'worker failed');
  consumer.pause();
  compute.leave('the worker is shutting down');
  await consumer.close({ graceMs: 5_000 });
  heartbeats.stop();
  await compute.close();
  await queue.close();
  await metricsServer?.close();
});
// A supervisor that was killed cannot stop us: the end of its IPC channel does.
process.once('disconnect', close);
void compute.died.then((err) => {
  logger.fatal({ err }, 'the compute thread died');
  close();
});
