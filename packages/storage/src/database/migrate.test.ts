import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { sql } from 'kysely';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { migrations } from '../migrations/index.ts';
import type { Migration } from '../migrations/migration.ts';
import { type Database, openDatabase } from './database.ts';
import { migrate } from './migrate.ts';

let folder: string;
let db: Database;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'descent-database-'));
  db = await openDatabase(path.join(folder, 'test.sqlite'));
});
afterEach(async () => {
  await db.destroy();
  await rm(folder, { recursive: true, force: true });
});

const applied = async () =>
  (await db.selectFrom('migrations').select('name').execute()).map(({ name }) => name);
const addNotes: Migration = {
  name: '9999-notes',
  up: async (on) => {
    await on.schema.createTable('notes').addColumn('text', 'text').execute();
  },
};

test('a new database has every table and every migration noted once', async () => {
  expect(await applied()).toEqual(migrations.map(({ name }) => name));
  await migrate(db);
  expect(await applied()).toEqual(migrations.map(({ name }) => name));
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
  const pragma = async (name: string) =>
    Object.values((await sql.raw(`pragma ${name}`).execute(db)).rows[0] ?? {})[0];
  expect(await pragma('journal_mode')).toBe('wal');
  expect(await pragma('synchronous')).toBe(2);
  expect(await pragma('foreign_keys')).toBe(1);
  expect(await pragma('busy_timeout')).toBe(5000);
  const orphan = { job_id: 'job_none', sequence: 1, time: '', type: 'log', message: '', data: '{}' };
  await expect(db.insertInto('job_events').values(orphan).execute()).rejects.toThrow(/FOREIGN KEY/);
});
