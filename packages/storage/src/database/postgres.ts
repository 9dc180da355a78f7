import { DescentError } from '@descent/errors';
import {
  CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  PostgresDialect,
  PostgresDriver,
  type PostgresPool,
  type TransactionSettings,
} from 'kysely';
import pg from 'pg';
import { advisoryLockSpace, transactionLock } from './advisory-locks.ts';

/**
 * Postgres with the ways of SQLite, so that repositories need not know which it is: numbers of 64 bits and sums come as
 * numbers, JSON is text, booleans are 0 and 1, and transactions happen one after the other.
 */
export function postgresDialect(url: string): Dialect {
  const pool = new pg.Pool({
    connectionString: url,
    max: 10,
    connectionTimeoutMillis: 5000,
    keepAlive: true,
    // A process that was stopped in the middle of a transaction must not stop all others.
    idle_in_transaction_session_timeout: 15_000,
    lock_timeout: 10_000,
    types: { getTypeParser },
  });
  // A connection that breaks while nobody uses it is replaced; one in use fails its query, which says so.
  pool.on('error', () => undefined);
  pool.on('connect', (client) => void client.on('error', () => undefined));
  return new (class extends PostgresDialect {
    override createDriver() {
      return new SerialDriver({ pool: translating(pool) });
    }
  })({ pool });
}

/**
 * Repositories read and then write in a transaction, such as the last sequence of a job's events and then the next one.
 * SQLite has one writer; here the same is had by a lock that a transaction takes when it begins, and what it reads after
 * that is what the transaction before it wrote. The alternative, `serializable` and trying again, needs every transaction
 * to be repeatable, and several here call into the queue or the books.
 */
class SerialDriver extends PostgresDriver {
  override async beginTransaction(
    connection: DatabaseConnection,
    settings: TransactionSettings,
  ): Promise<void> {
    await super.beginTransaction(connection, settings);
    const lock = `select pg_advisory_xact_lock(${advisoryLockSpace}, ${transactionLock})`;
    await connection.executeQuery(CompiledQuery.raw(lock));
  }
}

/** int8 (counts, bytes, milliseconds) and numeric (sums of them): all below 2⁵³. */
const numbers = new Set<number>([pg.types.builtins.INT8, pg.types.builtins.NUMERIC]);

const getTypeParser = ((oid: number, format?: 'text' | 'binary') =>
  numbers.has(oid) ? Number : pg.types.getTypeParser(oid, format as 'text')) as typeof pg.types.getTypeParser;

/** The pool as Kysely uses it, with the errors of the database in our words. */
function translating(pool: pg.Pool): PostgresPool {
  return {
    async connect() {
      const client = await pool.connect().catch(translate);
      return {
        query: ((sql: string, parameters: readonly unknown[]) =>
          client.query(sql, [...parameters]).catch(translate)) as never,
        release: () => client.release(),
      };
    },
    end: () => pool.end(),
  };
}

function translate(cause: unknown): never {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : undefined;
  // https://www.postgresql.org/docs/current/errcodes-appendix.html
  if (code === '22021') {
    throw new DescentError(
      'REQUEST_INVALID',
      { path: '', problem: 'a text has a character that cannot be stored (NUL)' },
      { cause },
    );
  }
  const isAnswer = code !== undefined && /^[0-9A-Z]{5}$/.test(code) && !/^(08|53|57|55P03|25P03)/.test(code);
  if (isAnswer) throw cause;
  throw new DescentError('UNAVAILABLE', { part: 'The database' }, { cause });
}
