import { GradientQueuePayload, TrainingQueuePayload } from '@descent/contracts';
import { type JobQueue, openJobQueue } from './job-queue.ts';
import { type QueueLogger, silentLogger } from './logger.ts';
import { type NewsChannel, openNews } from './news.ts';
import { openRedisLink } from './redis-link.ts';
import { parseRedisUrl } from './redis-url.ts';

export interface ConnectQueueOptions {
  /** `redis://…`, `rediss://…` or `unix:/path` */
  readonly url: string;
  /** All keys begin with it: one Redis can serve several installations. */
  readonly prefix: string;
  readonly logger?: QueueLogger;
  /** How long to try the first connection. Left out: until it is there, saying every 10 s that it is not. */
  readonly connectTimeoutMs?: number;
}

export interface QueueConnection {
  /** Job id: the id of the training job. */
  readonly training: JobQueue<TrainingQueuePayload>;
  /** Job id: `gradientQueueId(payload)`. */
  readonly gradients: JobQueue<GradientQueuePayload>;
  readonly news: NewsChannel;
  /** Gradient jobs for workers that are lent to this team. */
  lent(team: string): JobQueue<GradientQueuePayload>;
  /** @throws DescentError QUEUE_UNREACHABLE */
  ping(): Promise<void>;
  /** Closes the consumers, without grace, and the connections. */
  close(): Promise<void>;
}

/**
 * @throws DescentError QUEUE_URL_INVALID, QUEUE_UNREACHABLE (retryable), QUEUE_UNSUITABLE (too old, an eviction policy
 *   that loses jobs, a refused password)
 */
export async function connectQueue(options: ConnectQueueOptions): Promise<QueueConnection> {
  const { prefix, logger = silentLogger, connectTimeoutMs } = options;
  const target = parseRedisUrl(options.url);
  const link = await openRedisLink(target, logger, connectTimeoutMs);
  const shared = { prefix, target, link, logger };
  const training = openJobQueue({ ...shared, name: 'training', schema: TrainingQueuePayload });
  const gradients = openJobQueue({ ...shared, name: 'gradients', schema: GradientQueuePayload });
  const news = openNews(prefix, link, logger);
  const lentQueues = new Map<string, typeof gradients>();
  const lent = (team: string) => {
    const known = lentQueues.get(team);
    if (known !== undefined) return known;
    const opened = openJobQueue({ ...shared, name: `gradients-${team}`, schema: GradientQueuePayload });
    lentQueues.set(team, opened);
    return opened;
  };
  return {
    training,
    gradients,
    lent,
    news,
    ping: async () => {
      await link.run(() => link.client.ping());
    },
    close: async () => {
      news.close();
      await Promise.all([training, gradients, ...lentQueues.values()].map((queue) => queue.close()));
      link.close();
    },
  };
}

/** `jobId-incarnation-serial` */
export function gradientQueueId(
  payload: Pick<GradientQueuePayload, 'jobId' | 'incarnation' | 'serial'>,
): string {
  return `${payload.jobId}-${payload.incarnation}-${payload.serial}`;
}
