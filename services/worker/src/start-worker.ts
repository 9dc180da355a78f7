import { whenReachable } from '@descent/configuration';
import type { GradientQueuePayload, WorkerOrder } from '@descent/contracts';
import { createLogger, createPhaseMetrics, serveMetrics } from '@descent/observability';
import { connectQueue } from '@descent/queue';
import { startComputeThread } from './compute-thread-handle.ts';
import type { Config } from './config.ts';
import { createHeartbeats } from './heartbeats.ts';
import { announcePresence } from './presence.ts';
import type { Neighbour } from './thread-messages.ts';
import { createWorkMeter } from './work-meter.ts';
import { fromApi, fromQueue, type WorkSource } from './work-source.ts';
import { createWorkerApi } from './worker-api.ts';

/** A worker that takes gradient jobs. */
export interface RunningWorker {
  readonly name: string;
  readonly numericsClass: string;
  /** Resolves when its compute thread has ended by itself: always a fault. */
  readonly died: Promise<Error>;
  /** Resolves when it has left because that was wanted (drained, removed, its token revoked), with the reason. */
  readonly left: Promise<string>;
  /** Hands back what it holds, then stops. */
  close(): Promise<void>;
}

/** @param neighbour the parameter server that lives in this process, if any */
export async function startWorker(config: Config, neighbour?: Neighbour): Promise<RunningWorker> {
  const { link, apiUrl, threads, checksum } = config;
  const logger = createLogger({ name: 'worker', level: config.logLevel });
  const metrics = config.metrics && createPhaseMetrics('descent_worker_');
  const metricsServer = config.metrics && metrics && (await serveMetrics(metrics.registry, config.metrics));
  const clock = () => performance.now();
  const meter = createWorkMeter(clock);
  const token = link.from === 'elsewhere' ? link.token : link.serviceToken;
  const shardsUrl = `${apiUrl}${link.from === 'elsewhere' ? '/v1/shards' : '/internal/artifacts'}`;
  const compute = await startComputeThread({ ...config, shardsUrl, token, neighbour }, (work) => {
    meter.done(work);
    for (const { wait, pull, data, compute: ms, sum } of work)
      metrics?.observe({ queue: wait, pull, data, compute: ms, reduce: sum }, 1);
  });
  await whenReachable(apiUrl, (problem) => logger.warn(problem));
  const api = createWorkerApi({ apiUrl, token, from: link.from });
  let source: WorkSource | undefined;
  let serving: GradientQueuePayload | undefined;
  let wanted: WorkerOrder['wanted'] = 'work';
  let leave: (reason: string) => void = () => {};
  const left = new Promise<string>((resolve) => {
    leave = (reason) => void close().then(() => resolve(reason));
  });

  const order = (next: WorkerOrder['wanted']) => {
    if (next === wanted) return;
    wanted = next;
    logger.info({ worker: config.name, wanted }, 'the worker is told what is wanted of it');
    if (next === 'work') source?.resume();
    else if (next === 'pause') source?.pause();
    else leave('it was drained');
  };

  const presence = await announcePresence({
    api,
    facts: { ...compute.facts, name: config.name, threads },
    current: () => ({ ...meter.read(), job: serving?.jobId ?? null }),
    onOrder: order,
    onDismissed: (reason) => leave(reason),
    onProblem: (err) => logger.warn({ err }, 'the api does not hear of this worker'),
  });
  const { name } = presence.joined;
  compute.identify(name);
  const heartbeats = createHeartbeats(name, { clock, onSilence: compute.abandon, checksum });
  const serve = async (job: GradientQueuePayload) => {
    serving = job;
    heartbeats.start(job);
    const problem = await compute.serve(job);
    serving = undefined;
    if (problem !== undefined)
      logger.warn({ jobId: job.jobId, serial: job.serial, problem }, 'gradient job ended early');
  };
  const queue =
    link.from === 'elsewhere'
      ? undefined
      : await connectQueue({ url: link.redisUrl, prefix: link.queuePrefix, logger });
  source =
    queue === undefined
      ? fromApi(
          api,
          () => presence.joined.id,
          serve,
          (err) => logger.warn({ err }, 'no work was given'),
        )
      : fromQueue(queue.gradients, serve);
  logger.info({ worker: name, numericsClass: compute.facts.numericsClass }, 'worker ready');

  let closing: Promise<void> | undefined;
  function close(): Promise<void> {
    closing ??= (async () => {
      presence.stop();
      source?.pause();
      // Drained, it finishes its gradient job; the source waits for that.
      if (wanted !== 'leave') compute.leave('the worker is shutting down');
      await source?.close();
      heartbeats.stop();
      await compute.close();
      await queue?.close();
      await metricsServer?.close();
    })();
    return closing;
  }

  return { name, numericsClass: compute.facts.numericsClass, died: compute.died, left, close };
}
