import { DescentError } from '@descent/errors';
import { migrations as all } from '../migrations/index.ts';
import type { Migration } from '../migrations/migration.ts';
import type { Database } from './database.ts';

/**
 * Brings the schema up to date: each missing migration in one transaction together with its row in `migrations`,
 * so that a crash in between leaves either both or neither, and of two processes that start at once one does it.
 * Throws DATABASE_NEWER when the database was written by a later version of Descent.
 */
export async function migrate(db: Database, migrations: readonly Migration[] = all): Promise<void> {
  await db.transaction().execute((transaction) =>
    transaction.schema
      .createTable('migrations')
      .ifNotExists()
      .addColumn('name', 'text', (column) => column.primaryKey())
      .addColumn('applied_at', 'text', (column) => column.notNull())
      .execute(),
  );
  const applied = await namesOf(db);
  const known = new Set(migrations.map((migration) => migration.name));
  for (const name of applied) {
    if (!known.has(name)) throw new DescentError('DATABASE_NEWER', { migration: name });
  }
  for (const migration of migrations) {
    if (applied.has(migration.name)) continue;
    await db.transaction().execute(async (transaction) => {
      if ((await namesOf(transaction)).has(migration.name)) return;
      await migration.up(transaction);
      await transaction
        .insertInto('migrations')
        .values({ name: migration.name, applied_at: new Date().toISOString() })
        .execute();
    });
  }
}

async function namesOf(db: Database): Promise<Set<string>> {
  return new Set((await db.selectFrom('migrations').select('name').execute()).map((row) => row.name));
}
