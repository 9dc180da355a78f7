import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe } from 'vitest';
import { type PostgresServer, postgresPrograms, startPostgres } from './postgres-server.ts';

export interface TestDatabase {
  /** For `openDatabase`. */
  readonly place: string;
  remove(): Promise<void>;
}

/** The same tests on SQLite and on Postgres, each with empty databases of its own. Without a Postgres here: skipped. */
export function describeEachDatabase(
  tests: (create: () => Promise<TestDatabase>, kind: 'SQLite' | 'Postgres') => void,
): void {
  describe('on SQLite', () => tests(createSqlite, 'SQLite'));
  describe.skipIf(postgresPrograms() === null)('on Postgres', () => {
    let server: PostgresServer | undefined;
    beforeAll(async () => {
      server = await startPostgres();
    }, 60_000);
    afterAll(() => server?.stop());
    tests(() => createPostgres(server!), 'Postgres');
  });
}

async function createSqlite(): Promise<TestDatabase> {
  const folder = await mkdtemp(path.join(tmpdir(), 'descent-database-'));
  return {
    place: path.join(folder, 'test.sqlite'),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

async function createPostgres(server: PostgresServer): Promise<TestDatabase> {
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  await execute(server.url, `create database ${name}`);
  // It goes with the server.
  return { place: server.urlOf(name), remove: async () => undefined };
}

async function execute(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(statement);
  await client.end();
}
