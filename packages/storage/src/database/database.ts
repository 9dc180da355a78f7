import { Kysely } from 'kysely';
import { migrate } from './migrate.ts';
import { postgresDialect } from './postgres.ts';
import { sqliteDialect } from './sqlite.ts';
import type { Tables } from './tables.ts';

/** The database or a transaction on it: repositories take either. Inside a transaction use only the transaction. */
export type Database = Kysely<Tables>;

/** Whether a database is Postgres and not a file. */
export function isPostgres(place: string): boolean {
  return /^postgres(ql)?:\/\//.test(place);
}

/**
 * Opens the database and brings its schema up to date. Several processes may open the same one, at the same time too.
 * @param place file of a SQLite database, created when missing, or `postgres://user:password@host:port/database`
 * @throws DescentError UNAVAILABLE, DATABASE_NEWER
 */
export async function openDatabase(place: string): Promise<Database> {
  const dialect = isPostgres(place) ? postgresDialect(place) : sqliteDialect(place);
  const db = new Kysely<Tables>({ dialect });
  try {
    await migrate(db);
  } catch (error) {
    await db.destroy();
    throw error;
  }
  return db;
}
