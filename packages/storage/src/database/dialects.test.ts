import { sql } from 'kysely';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { describeEachDatabase, type TestDatabase } from '../testing/databases.ts';
import { bookUsage, usageByTeam } from '../usage.ts';
import { type Database, openDatabase } from './database.ts';

/** Two processes on one database, and what must be the same whichever it is. */
describeEachDatabase((create) => {
  let database: TestDatabase;
  let [db, other] = [] as unknown as [Database, Database];
  beforeEach(async () => {
    database = await create();
    db = await openDatabase(database.place);
    other = await openDatabase(database.place);
  });
  afterEach(async () => {
    await db.destroy();
    await other.destroy();
    await database.remove();
  });

  const book = (on: Database, job: string, workerSeconds: number) =>
    bookUsage(on, { job, team: 'team_1', from: 'a', to: 'b', workerSeconds });

  test('large integers, sums and counts are numbers', async () => {
    const bytes = 2 ** 52;
    const row = { hash: 'x', owner: 'job_1', bytes, created_at: '' };
    await db
      .insertInto('artifacts')
      .values([row, { ...row, owner: 'job_2', bytes: 7 }])
      .execute();
    const totals = await db
      .selectFrom('artifacts')
      .select(({ fn }) => [
        fn.sum<number>('bytes').as('sum'),
        fn.max('bytes').as('max'),
        fn.countAll<number>().as('count'),
      ])
      .executeTakeFirstOrThrow();
    expect(totals).toEqual({ sum: 2 ** 52 + 7, max: bytes, count: 2 });
    await book(db, 'job_1', 0.1);
    await book(db, 'job_1', 0.2);
    expect(await usageByTeam(db)).toEqual(new Map([['team_1', 0.1 + 0.2]]));
  });

  test('a transaction that reads and then writes builds on what the one before it wrote', async () => {
    await book(db, 'job_1', 0);
    const increment = (on: Database) =>
      on.transaction().execute(async (transaction) => {
        const { worker_seconds } = await transaction
          .selectFrom('usage')
          .select('worker_seconds')
          .where('job_id', '=', 'job_1')
          .executeTakeFirstOrThrow();
        await transaction
          .updateTable('usage')
          .set({ worker_seconds: worker_seconds + 1 })
          .where('job_id', '=', 'job_1')
          .execute();
      });
    await Promise.all(Array.from({ length: 15 }, () => [increment(db), increment(other)]).flat());
    expect((await usageByTeam(other)).get('team_1')).toBe(30);
  });

  test('what one process committed the other reads at once', async () => {
    await book(db, 'job_1', 3);
    expect((await usageByTeam(other)).get('team_1')).toBe(3);
    await expect(
      db.transaction().execute(async (transaction) => {
        await book(transaction, 'job_1', 4);
        throw new Error('no');
      }),
    ).rejects.toThrow('no');
    expect((await usageByTeam(other)).get('team_1')).toBe(3);
  });

  test('while a transaction of another process is open, writes wait and reads are answered', async () => {
    await book(db, 'job_1', 1);
    const order: string[] = [];
    const write = await other.transaction().execute(async (transaction) => {
      await book(transaction, 'job_1', 2);
      const waiting = book(db, 'job_1', 4).then(() => order.push('written'));
      expect((await usageByTeam(db)).get('team_1')).toBe(1);
      order.push('read');
      return { waiting };
    });
    await write.waiting;
    expect(order).toEqual(['read', 'written']);
    expect((await usageByTeam(db)).get('team_1')).toBe(7);
  });

  test('a statement that failed can run again', async () => {
    const row = { hash: 'x', owner: 'job_1', bytes: 1, created_at: '' };
    const insert = (owner: string) =>
      db
        .insertInto('artifacts')
        .values({ ...row, owner })
        .execute();
    await insert('job_1');
    await expect(insert('job_1')).rejects.toThrow();
    await insert('job_2');
    expect(await db.selectFrom('artifacts').select('owner').orderBy('owner').execute()).toEqual([
      { owner: 'job_1' },
      { owner: 'job_2' },
    ]);
  });

  test('a text comes back as it was given', async () => {
    const text = 'Zürich → 東京 🎓 "quoted" \\ \n\t end';
    const { rows } = await sql<{ text: string }>`select cast(${text} as text) as text`.execute(db);
    expect(rows).toEqual([{ text }]);
  });
});

test('a server that is not there is said so', async () => {
  await expect(openDatabase('postgres://nobody@127.0.0.1:1/none')).rejects.toMatchObject({
    code: 'UNAVAILABLE',
    details: { part: 'The database' },
  });
});
