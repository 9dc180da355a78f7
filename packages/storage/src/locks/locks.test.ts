import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { openDatabase } from '../database/database.ts';
import { describeEachDatabase, type TestDatabase } from '../testing/databases.ts';
import { type Locks, openLocks } from './locks.ts';

describeEachDatabase((create, kind) => {
  let database: TestDatabase;
  let [ours, theirs] = [] as unknown as [Locks, Locks];
  beforeEach(async () => {
    database = await create();
    await (await openDatabase(database.place)).destroy();
    ours = await openLocks(database.place);
    theirs = await openLocks(database.place);
  });
  afterEach(async () => {
    await ours.close();
    await theirs.close();
    await database.remove();
  });

  test('one has a lock at a time, whoever asks', async () => {
    expect(await ours.tryTake('leader')).toBe(true);
    expect(ours.has('leader')).toBe(true);
    expect(await ours.tryTake('leader')).toBe(false);
    expect(await theirs.tryTake('leader')).toBe(false);
    expect(await theirs.tryTake('dataset:ds_1/x')).toBe(true);
    await ours.release('leader');
    expect(ours.has('leader')).toBe(false);
    expect(await theirs.tryTake('leader')).toBe(true);
    await theirs.close();
    expect(await ours.tryTake('leader')).toBe(true);
  });

  test('of many who take turns never two have it', async () => {
    let inside = 0;
    let turns = 0;
    const takeTurns = async (locks: Locks) => {
      for (let tries = 0; turns < 40 && tries < 10_000; tries++) {
        if (!(await locks.tryTake('turn'))) continue;
        expect(++inside).toBe(1);
        turns++;
        await Promise.resolve();
        inside--;
        await locks.release('turn');
      }
    };
    await Promise.all([takeTurns(ours), takeTurns(theirs)]);
    expect(turns).toBeGreaterThanOrEqual(40);
  });

  test('those who share keep out who wants it alone, and the other way round', async () => {
    await ours.share('files');
    await theirs.share('files');
    const third = await openLocks(database.place);
    expect(await third.tryTake('files')).toBe(false);
    await ours.release('files');
    expect(await third.tryTake('files')).toBe(false);
    await theirs.release('files');
    expect(await third.tryTake('files')).toBe(true);
    let shared = false;
    const waiting = ours.share('files').then(() => {
      shared = true;
    });
    expect(await theirs.tryTake('files')).toBe(false);
    expect(shared).toBe(false);
    await third.release('files');
    await waiting;
    await third.close();
  });

  test('what a killed process had is free at once', async () => {
    const source = fileURLToPath(new URL('./locks.ts', import.meta.url));
    const script = `import { openLocks } from ${JSON.stringify(source)};
      const locks = await openLocks(${JSON.stringify(database.place)});
      console.log(await locks.tryTake('leader'));
      setInterval(() => {}, 1000);`;
    const flags = ['--import', 'tsx', '--conditions', 'descent-source', '--input-type=module', '-e', script];
    const child = spawn(process.execPath, flags, { stdio: ['ignore', 'pipe', 'inherit'] });
    const ended = once(child, 'close');
    try {
      const [line] = await once(createInterface({ input: child.stdout }), 'line');
      expect(line).toBe('true');
      expect(await ours.tryTake('leader')).toBe(false);
    } finally {
      child.kill('SIGKILL');
      await ended;
    }
    if (kind === 'SQLite') {
      await (await openLocks(database.place)).close();
      expect(await readdir(`${database.place}.locks`)).toEqual([]);
    }
    await vi.waitFor(async () => expect(await ours.tryTake('leader')).toBe(true), 5000);
  }, 60_000);

  if (kind === 'SQLite') return;

  test('a connection that is cut takes the locks along until it is back, unless somebody was faster', async () => {
    await ours.tryTake('kept');
    await ours.tryTake('lost');
    const client = new pg.Client({ connectionString: database.place });
    await client.connect();
    await client.query(
      `select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and pid <> pg_backend_pid()`,
    );
    await client.end();
    await vi.waitFor(async () => expect(await theirs.tryTake('lost')).toBe(true), 5000);
    // Until the cut is noticed it still has both.
    await vi.waitFor(() => expect([ours.has('kept'), ours.has('lost')]).toEqual([true, false]), 5000);
    expect(await theirs.tryTake('kept')).toBe(false);
  });
});
