import { DescentError } from '@descent/errors';
import type { RedisOptions } from 'ioredis';

/** What BullMQ and ioredis take to connect. */
export type RedisTarget = Pick<
  RedisOptions,
  'path' | 'host' | 'port' | 'username' | 'password' | 'db' | 'tls'
>;

/**
 * `redis://[user:password@]host[:port][/db]`, `rediss://…` (TLS) or `unix:/path`.
 *
 * @throws DescentError QUEUE_URL_INVALID, which never repeats the URL: it may hold a password
 */
export function parseRedisUrl(url: string): RedisTarget {
  if (url.startsWith('unix:/')) return { path: url.slice('unix:'.length) };
  const parsed = parse(url);
  if (parsed === null) throw invalid('it cannot be read');
  if (parsed.protocol !== 'redis:' && parsed.protocol !== 'rediss:') {
    throw invalid(`it begins with ${parsed.protocol}//`);
  }
  const db = parsed.pathname.replace(/^\//, '');
  if (!/^\d{0,4}$/.test(db)) throw invalid('its path must be the number of a database');
  return {
    host: parsed.hostname.replace(/^\[|\]$/g, '') || '127.0.0.1',
    port: parsed.port === '' ? 6379 : Number(parsed.port),
    ...(parsed.username === '' ? {} : { username: decodeURIComponent(parsed.username) }),
    ...(parsed.password === '' ? {} : { password: decodeURIComponent(parsed.password) }),
    ...(db === '' ? {} : { db: Number(db) }),
    ...(parsed.protocol === 'rediss:' ? { tls: {} } : {}),
  };
}

/** The URL for logs and messages: without user and password. */
export function describeRedis(target: RedisTarget): string {
  if (target.path !== undefined) return `unix:${target.path}`;
  const host = target.host?.includes(':') ? `[${target.host}]` : target.host;
  return `${target.tls === undefined ? 'redis' : 'rediss'}://${host}:${target.port}`;
}

function parse(url: string): URL | null {
  try {
    return new URL(url);
  } catch {
    return null;
  }
}

function invalid(problem: string): DescentError<'QUEUE_URL_INVALID'> {
  return new DescentError('QUEUE_URL_INVALID', { problem });
}
