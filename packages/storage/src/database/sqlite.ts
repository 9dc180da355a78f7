import { setTimeout as delay } from 'node:timers/promises';
import {
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type QueryResult,
  SelectQueryNode,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely';
import Sqlite from 'libsql';
import AsyncSqlite from 'libsql/promise';
import { LRUCache } from 'lru-cache';

export function sqliteDialect(file: string): Dialect {
  return {
    createAdapter: () => new SqliteAdapter(),
    createDriver: () => new SharedFileDriver(file),
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  };
}

/** For a writer of another process. */
const longestWaitMs = 10_000;
/** Preparing a statement takes longer than running it. A list of each length makes a statement of its own. */
const keptStatements = 256;

/**
 * A file that other processes may write too, through two connections. A read outside of a transaction is answered at once by one of
 * them, and sees what is committed. Everything else takes turns at the other, a transaction each: there, waiting for other
 * processes and for the disk happens in a thread of the library, so that a commit stops nobody else's request.
 *
 * `synchronous = FULL`: an answered request must survive a power cut, since a parameter server drops what it has reported.
 */
class SharedFileDriver implements Driver {
  readonly #file: string;
  #lastTurn = Promise.resolve();
  #reader!: Sqlite.Database;
  /** Its types leave `inTransaction` out. */
  #writer!: AsyncSqlite & { readonly inTransaction: boolean };
  read!: Run;
  write!: Run;

  constructor(file: string) {
    this.#file = file;
  }

  async init(): Promise<void> {
    this.#writer = Object.assign(new AsyncSqlite(this.#file, {}));
    await this.#writer.exec(`
      pragma busy_timeout = ${longestWaitMs};
      pragma journal_mode = WAL;
      pragma synchronous = FULL;
      pragma foreign_keys = ON;
      pragma busy_timeout = 0`);
    this.#reader = new Sqlite(this.#file);
    this.#reader.pragma(`busy_timeout = ${longestWaitMs}`);
    this.#reader.pragma('query_only = ON');
    this.read = runOn(this.#reader);
    this.write = runOn(this.#writer);
  }

  async acquireConnection(): Promise<Connection> {
    return new Connection(this);
  }

  /** Takes the write lock at once: a transaction that read first could not write when another process had written in between. */
  async beginTransaction(connection: Connection): Promise<void> {
    const leave = await this.#takeTurn();
    try {
      await this.#lock();
      connection.leave = leave;
    } catch (error) {
      leave();
      throw error;
    }
  }

  async commitTransaction(): Promise<void> {
    await this.#writer.exec('commit');
  }

  async rollbackTransaction(): Promise<void> {
    // Some errors, such as a full disk, have rolled back already.
    if (this.#writer.inTransaction) await this.#writer.exec('rollback');
  }

  async releaseConnection(connection: Connection): Promise<void> {
    connection.leave?.();
    connection.leave = null;
  }

  async destroy(): Promise<void> {
    await this.#takeTurn();
    this.#reader.close();
    this.#writer.close();
  }

  /**
   * Waits here and not in SQLite, which would keep one of the library's few threads; and by `exec`, since a prepared `begin` that
   * failed counts as running and spoils the next commit.
   */
  async #lock(): Promise<void> {
    for (const begun = performance.now(); ; await delay(1 + 4 * Math.random())) {
      try {
        return await this.#writer.exec('begin immediate');
      } catch (error) {
        const isBusy =
          error instanceof Error && 'code' in error && String(error.code).startsWith('SQLITE_BUSY');
        if (!isBusy || performance.now() - begun > longestWaitMs) throw error;
      }
    }
  }

  async #takeTurn(): Promise<() => void> {
    const before = this.#lastTurn;
    let leave!: () => void;
    this.#lastTurn = new Promise((resolve) => {
      leave = resolve;
    });
    await before;
    return leave;
  }
}

/** One query, or the queries of one transaction. */
class Connection implements DatabaseConnection {
  readonly #driver: SharedFileDriver;
  /** Ends the turn of a transaction; null outside of one. */
  leave: (() => void) | null = null;

  constructor(driver: SharedFileDriver) {
    this.#driver = driver;
  }

  async executeQuery<Row>(query: CompiledQuery): Promise<QueryResult<Row>> {
    if (this.leave !== null) return this.#driver.write<Row>(query);
    if (SelectQueryNode.is(query.query)) return this.#driver.read<Row>(query);
    await this.#driver.beginTransaction(this);
    try {
      const result = await this.#driver.write<Row>(query);
      await this.#driver.commitTransaction();
      return result;
    } catch (error) {
      await this.#driver.rollbackTransaction();
      throw error;
    } finally {
      await this.#driver.releaseConnection(this);
    }
  }

  streamQuery(): never {
    throw new Error('Rows come all at once');
  }
}

type Run = <Row>(query: CompiledQuery) => Promise<QueryResult<Row>>;

function runOn(database: Sqlite.Database | AsyncSqlite): Run {
  const statements = new LRUCache<string, Sqlite.Statement>({ max: keptStatements });
  return async <Row>({ sql, parameters }: CompiledQuery) => {
    const statement: Sqlite.Statement = statements.get(sql) ?? (await database.prepare(sql));
    statements.set(sql, statement);
    if (statement.reader) return { rows: (await statement.all(parameters)) as Row[] };
    const { changes, lastInsertRowid } = statement.run(parameters);
    return { numAffectedRows: BigInt(changes), insertId: BigInt(lastInsertRowid), rows: [] };
  };
}
