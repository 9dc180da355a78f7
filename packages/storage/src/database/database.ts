import { Kysely, SqliteDialect } from 'kysely';
import Sqlite from 'libsql';
import { migrate } from './migrate.ts';
import type { Tables } from './tables.ts';

/** The database or a transaction on it: repositories take either. Inside a transaction use only the transaction. */
export type Database = Kysely<Tables>;

/**
 * Opens (and creates) the SQLite database and brings its schema up to date.
 *
 * `synchronous = FULL`: an answered request must survive a power cut, since a parameter server drops what it has
 * reported. A commit costs one fsync of the log; reports are batched to five a second per job, so it is not on a hot path.
 */
export async function openDatabase(file: string): Promise<Database> {
  const sqlite = new Sqlite(file);
  sqlite.pragma('journal_mode = WAL');
  sqlite.pragma('synchronous = FULL');
  sqlite.pragma('foreign_keys = ON');
  sqlite.pragma('busy_timeout = 5000');
  const db = new Kysely<Tables>({ dialect: new SqliteDialect({ database: sqlite }) });
  try {
    await migrate(db);
  } catch (error) {
    await db.destroy();
    throw error;
  }
  return db;
}
