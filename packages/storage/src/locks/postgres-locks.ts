import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { advisoryLockSpace, transactionLock } from '../database/advisory-locks.ts';
import { type Locks, shareRetryMs } from './locks.ts';

const retryMs = 500;

type Mode = 'exclusive' | 'shared';

/** Advisory locks of one session, which is kept for them alone. They go when its connection does. */
export async function openPostgresLocks(url: string): Promise<Locks> {
  /** What we have or want to have again. */
  const wanted = new Map<string, Mode>();
  const held = new Set<string>();
  let session: pg.Client | null = null;
  let closed = false;

  async function connect(): Promise<void> {
    const client = new pg.Client({ connectionString: url, keepAlive: true, connectionTimeoutMillis: 5000 });
    client.on('error', () => undefined);
    await client.connect();
    if (closed) return client.end();
    session = client;
    client.once('end', () => void lose());
    // A server that restarted has forgotten ours; who else has taken one meanwhile keeps it.
    for (const [name, mode] of wanted) if (!(await lock(name, mode))) wanted.delete(name);
  }

  async function lose(): Promise<void> {
    session = null;
    held.clear();
    while (!closed && session === null) {
      await delay(retryMs, undefined, { ref: false });
      await connect().catch(() => undefined);
    }
  }

  async function call(procedure: string, name: string): Promise<boolean> {
    if (session === null) return false;
    const { rows } = await session.query<{ done: boolean }>(`select ${procedure}($1, $2) as done`, [
      advisoryLockSpace,
      numberOf(name),
    ]);
    return rows[0]?.done ?? false;
  }

  async function lock(name: string, mode: Mode): Promise<boolean> {
    const done = await call(`pg_try_advisory_lock${mode === 'shared' ? '_shared' : ''}`, name);
    if (done) held.add(name);
    return done;
  }

  async function tryLock(name: string, mode: Mode): Promise<boolean> {
    // The server would give it to the same session twice.
    if (wanted.has(name)) return false;
    wanted.set(name, mode);
    const done = await lock(name, mode).catch(() => false);
    if (!done) wanted.delete(name);
    return done;
  }

  await connect();
  return {
    tryTake: (name) => tryLock(name, 'exclusive'),
    async share(name) {
      while (!(await tryLock(name, 'shared'))) await delay(shareRetryMs);
    },
    has: (name) => held.has(name),
    async release(name) {
      const mode = wanted.get(name);
      if (mode === undefined || !held.has(name)) return void wanted.delete(name);
      await call(`pg_advisory_unlock${mode === 'shared' ? '_shared' : ''}`, name).catch(() => false);
      held.delete(name);
      wanted.delete(name);
    },
    async close() {
      closed = true;
      await session?.end();
    },
  };
}

function numberOf(name: string): number {
  const number = createHash('sha256').update(name).digest().readInt32BE();
  return number === transactionLock ? 1 : number;
}
