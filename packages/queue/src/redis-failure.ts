import { DescentError } from '@descent/errors';

/** Replies of a Redis that will be itself again soon: loading its file, failing over, busy. */
const PASSING = /^(LOADING|READONLY|MASTERDOWN|CLUSTERDOWN|TRYAGAIN|BUSY)\b/;
/** Replies that only an operator can change. */
const LASTING = /^(NOAUTH|WRONGPASS|NOPERM|OOM|MISCONF|DENIED|ERR invalid password|ERR AUTH)\b/;
/** What ioredis says without a code when there is no connection, or no answer on it. */
const DISCONNECTED =
  /^(Connection is closed|Stream isn't writeable|Command timed out|Command aborted|Reached the max retries|no answer)/;

/** Translates what ioredis or BullMQ threw. The reply of Redis is kept; it never holds a password. */
export function redisFailure(server: string, cause: unknown): DescentError {
  if (cause instanceof DescentError) return cause;
  const problem = cause instanceof Error ? cause.message : String(cause);
  if (LASTING.test(problem)) return new DescentError('QUEUE_UNSUITABLE', { server, problem }, { cause });
  // A code such as ECONNREFUSED or ENOENT comes from the operating system.
  const hasSystemCode = cause instanceof Error && 'syscall' in cause;
  return hasSystemCode || PASSING.test(problem) || DISCONNECTED.test(problem)
    ? new DescentError('QUEUE_UNREACHABLE', { server, problem }, { cause })
    : new DescentError('QUEUE_FAILED', { server, problem }, { cause });
}
