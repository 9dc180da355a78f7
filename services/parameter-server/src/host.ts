import { randomBytes } from 'node:crypto';
import type { MessagePort } from 'node:worker_threads';
import type { ClaimAnswer } from '@descent/contracts';
import { isDescentError } from '@descent/errors';
import {
  type ChannelConnection,
  connectThread,
  createChannelServer,
  createLease,
  jobKey,
  parseAddress,
} from '@descent/gradient-channel';
import type { Logger } from '@descent/observability';
import type { QueueConnection } from '@descent/queue';
import { createDoor } from './door.ts';
import { gradientQueueOf } from './gradient-queue.ts';
import { type RunningJob, type RunOptions, runTrainingJob } from './running-job.ts';
import type { Truth } from './truth.ts';

/** A lease outlives the longest gradient job and any wait on the queue; a late one is replaced. */
const leaseMs = 10 * 60_000;
const tickMs = 50;

export interface HostOptions {
  readonly truth: Truth;
  readonly queue: QueueConnection;
  /** Where the gradient channel listens. */
  readonly channelAddress: string;
  /** What workers are told; undefined: where it listens. */
  readonly advertisedAddress?: string | undefined;
  /** Where it listens besides, for workers of other machines. */
  readonly remoteAddress?: string | undefined;
  /** Checksums on what is sent; undefined: between hosts. */
  readonly checksum?: boolean | undefined;
  /** Training jobs served at once. */
  readonly maxJobs: number;
  /** For benchmarks only: see TrainingStateOptions. */
  readonly sumOrder?: 'tree' | 'arrival';
  /** Hears where the time of every micro-batch went. */
  readonly onPhases?: RunOptions['onPhases'];
  readonly logger: Logger;
}

/** Takes training jobs off the queue, claims them, and serves them until they leave. */
export interface Host {
  /** What workers are told. */
  readonly address: string;
  /** Where workers of other machines reach it; null: nowhere. */
  readonly remoteAddress: string | null;
  /** Takes a connection of a worker thread in this process. */
  accept(port: MessagePort): void;
  /** Hands every training job back with a checkpoint, then stops. */
  close(): Promise<void>;
}

export async function startHost(options: HostOptions): Promise<Host> {
  const { truth, queue, logger } = options;
  const leaseKey = randomBytes(32);
  const running = new Map<bigint, RunningJob>();
  const serving = new Set<Promise<void>>();
  const neighbours = new Set<ChannelConnection>();
  const clock = () => performance.now();
  const door = createDoor({ leaseKey, clock, findJob: (key) => running.get(key) });
  const { checksum, advertisedAddress } = options;
  if (advertisedAddress !== undefined) parseAddress(advertisedAddress);
  const server = await createChannelServer({
    address: options.channelAddress,
    connected: door.connected,
    ...(checksum === undefined ? {} : { checksum }),
  });
  const remote =
    options.remoteAddress === undefined
      ? undefined
      : await createChannelServer({ address: options.remoteAddress, connected: door.connected });
  const ticker = setInterval(() => {
    door.sweep();
    for (const { training } of running.values()) training.tick();
  }, tickMs);

  const address = advertisedAddress ?? server.address;

  const serve = async (jobId: string) => {
    let claim: ClaimAnswer;
    try {
      claim = await truth.claim(jobId);
    } catch (error) {
      // The dispatcher asks again for a job that still needs a server.
      const level = isDescentError(error, 'JOB_CLAIM_REFUSED') ? 'debug' : 'warn';
      logger[level]({ jobId, err: error }, 'training job not claimed');
      return;
    }
    const { incarnation } = claim;
    logger.info({ jobId, incarnation }, 'training job claimed');
    const outcome = await runTrainingJob(claim, {
      truth,
      address,
      gradients: gradientQueueOf(queue, claim.team),
      createLease: (id, incarnation, serial) =>
        createLease(leaseKey, { jobId: id, incarnation, serial, expiresAt: Date.now() + leaseMs }),
      clock,
      sumOrder: options.sumOrder,
      onPhases: options.onPhases,
      onQueueError: (error) => logger.warn({ jobId, err: error }, 'gradient jobs wait for the queue'),
      opened(job) {
        const key = jobKey(job.jobId);
        running.set(key, job);
        return () => {
          if (running.get(key) === job) running.delete(key);
        };
      },
    });
    logger.info(
      { jobId, incarnation, outcome: outcome === 'fenced' ? outcome : outcome.state },
      'training job left',
    );
  };

  const consumer = queue.training.consume(
    ({ jobId }) => {
      const done = serve(jobId).finally(() => serving.delete(done));
      serving.add(done);
      return done;
    },
    { concurrency: options.maxJobs },
  );

  return {
    address,
    remoteAddress: remote?.address ?? null,
    accept(port) {
      connectThread(port, 'worker', (connection) => {
        neighbours.add(connection);
        const handlers = door.connected(connection);
        return {
          ...handlers,
          closed(error) {
            neighbours.delete(connection);
            handlers.closed(error);
          },
        };
      });
    },
    async close() {
      consumer.pause();
      for (const { training } of running.values()) training.handBack('its parameter server is shutting down');
      await Promise.allSettled(serving);
      await consumer.close({ graceMs: 0 });
      clearInterval(ticker);
      for (const connection of neighbours) connection.destroy();
      await Promise.all([server.close(), remote?.close()]);
    },
  };
}
