import type { CatalogueEntry } from '../entry.ts';

export const queueErrors = {
  QUEUE_UNREACHABLE: {
    status: 503,
    message: 'The queue at {server} cannot be reached: {problem}',
    advice:
      'Wait: every part reconnects by itself, and the jobs are safe in the database. `descent doctor` shows more.',
    retryable: true,
  },
  QUEUE_UNSUITABLE: {
    status: 500,
    message: 'The Redis at {server} cannot hold the queues: {problem}',
    advice:
      'Correct its configuration or the user and password in REDIS_URL, or leave REDIS_URL out: `descent up` then brings its own.',
    retryable: false,
  },
  QUEUE_URL_INVALID: {
    status: 500,
    message: 'The address of the queue is not valid: {problem}',
    advice: 'Set REDIS_URL to redis://[user:password@]host:port[/database], rediss://… or unix:/path.',
    retryable: false,
  },
  QUEUE_PAYLOAD_INVALID: {
    status: 500,
    message: 'A job of the {queue} queue is not one of ours: {problem}',
    advice:
      'It is dropped. Run the same version of Descent everywhere, and give each installation its own prefix.',
    retryable: false,
  },
  QUEUE_FAILED: {
    status: 500,
    message: 'The queue at {server} refused a command: {problem}',
    advice: 'Look at the log of the Redis server.',
    retryable: false,
  },
} as const satisfies Record<string, CatalogueEntry>;
