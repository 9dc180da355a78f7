import { sql } from 'kysely';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { migrations } from '../migrations/index.ts';
import type { Migration } from '../migrations/migration.ts';
import { describeEachDatabase, type TestDatabase } from '../testing/databases.ts';
import { type Database, openDatabase } from './database.ts';
import { migrate } from './migrate.ts';

let db: Database;

const applied = async () =>
  (await db.selectFrom('migrations').select('name').orderBy('name').execute()).map(({ name }) => name);
const all = migrations.map(({ name }) => name).sort();
const addNotes: Migration = {
  name: '9999-notes',
  up: async (on) => {
    await on.schema.createTable('notes').addColumn('text', 'text').execute();
  },
};

describeEachDatabase((create, kind) => {
  let database: TestDatabase;
  beforeEach(async () => {
    database = await create();
    db = await openDatabase(database.place);
  });
  afterEach(async () => {
    await db.destroy();
    await database.remove();
  });

  test('a new database has every table and every migration noted once', async () => {
    expect(await applied()).toEqual(all);
    await migrate(db);
    expect(await applied()).toEqual(all);
  });

  test('processes that start at once on a new database make it once', async () => {
    const fresh = await create();
    const opened = await Promise.all([1, 2, 3].map(() => openDatabase(fresh.place)));
    for (const one of opened) await one.destroy();
    await fresh.remove();
  });

  test('a migration that fails half-way leaves neither its tables nor its row', async () => {
    const failing: Migration = {
      name: '9999-notes',
      up: async (on) => {
        await addNotes.up(on);
        throw new Error('half-way');
      },
    };
    await expect(migrate(db, [...migrations, failing])).rejects.toThrow('half-way');
    expect(await applied()).not.toContain('9999-notes');
    await migrate(db, [...migrations, addNotes]);
    expect(await applied()).toContain('9999-notes');
  });

  test('a database of a later version is refused', async () => {
    await migrate(db, [...migrations, addNotes]);
    await expect(migrate(db)).rejects.toMatchObject({
      code: 'DATABASE_NEWER',
      details: { migration: '9999-notes' },
    });
  });

  test('commits survive a power cut and references are checked', async () => {
    const read = async (statement: string) =>
      Object.values((await sql.raw(statement).execute(db)).rows[0] ?? {})[0];
    if (kind === 'SQLite') {
      expect(await read('pragma journal_mode')).toBe('wal');
      expect(await read('pragma synchronous')).toBe(2);
      expect(await read('pragma foreign_keys')).toBe(1);
    } else expect(await read('show synchronous_commit')).toBe('on');
    const orphan = { job_id: 'job_none', sequence: 1, time: '', type: 'log', message: '', data: '{}' };
    await expect(db.insertInto('job_events').values(orphan).execute()).rejects.toThrow(/foreign key/i);
  });
});
