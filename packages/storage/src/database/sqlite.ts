import { setTimeout as delay } from 'node:timers/promises';
import { type Dialect, SqliteDialect, SqliteDriver } from 'kysely';
import Sqlite from 'libsql';

/**
 * `synchronous = FULL`: an answered request must survive a power cut, since a parameter server drops what it has
 * reported. A commit costs one fsync of the log; reports are batched to five a second per job, so it is not on a hot path.
 */
export function sqliteDialect(file: string): Dialect {
  const database = new Sqlite(file);
  database.pragma('busy_timeout = 5000');
  database.pragma('journal_mode = WAL');
  database.pragma('synchronous = FULL');
  database.pragma('foreign_keys = ON');
  return new (class extends SqliteDialect {
    override createDriver() {
      return new SharedFileDriver(database);
    }
  })({ database });
}

const longestWaitMs = 10_000;

/** For a file that other processes write too. */
class SharedFileDriver extends SqliteDriver {
  readonly #database: Sqlite.Database;

  constructor(database: Sqlite.Database) {
    super({ database });
    this.#database = database;
  }

  /**
   * A transaction takes the write lock when it begins. One that read first and then wrote would fail, without waiting,
   * when another process had written in between (SQLITE_BUSY_SNAPSHOT). We wait here, not in SQLite, which would stop the
   * event loop; and by `exec`, since a prepared `begin` that failed counts as running and spoils the next commit.
   */
  override async beginTransaction(): Promise<void> {
    for (const begun = performance.now(); ; await delay(1 + 4 * Math.random())) {
      try {
        this.#database.exec('pragma busy_timeout = 0; begin immediate; pragma busy_timeout = 5000');
        return;
      } catch (error) {
        const isBusy =
          error instanceof Error && 'code' in error && String(error.code).startsWith('SQLITE_BUSY');
        if (isBusy && performance.now() - begun < longestWaitMs) continue;
        this.#database.pragma('busy_timeout = 5000');
        throw error;
      }
    }
  }
}
