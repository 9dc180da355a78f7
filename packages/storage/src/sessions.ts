import type { Session } from '@descent/contracts';
import type { Database } from './database/database.ts';
import { callerColumns, callerOf, type TokenRecord, validTokensAt } from './tokens.ts';

export interface NewSession {
  readonly id: string;
  readonly tokenId: string;
  /** What the browser calls itself. */
  readonly browser: string;
  readonly createdAtMs: number;
  /** It ends when it was not used for this long. */
  readonly idleMs: number;
  /** It ends then in any case. */
  readonly expiresAtMs: number;
}

/** @param hash SHA-256 of the cookie's value, lower-case hex */
export async function insertSession(db: Database, session: NewSession, hash: string): Promise<void> {
  const createdAt = isoTime(session.createdAtMs);
  await db
    .insertInto('sessions')
    .values({
      id: session.id,
      hash,
      token_id: session.tokenId,
      browser: session.browser,
      created_at: createdAt,
      last_used_at: createdAt,
      idle_ms: session.idleMs,
      idle_at: isoTime(session.createdAtMs + session.idleMs),
      expires_at: isoTime(session.expiresAtMs),
    })
    .execute();
}

/** What the session with this SHA-256 may do, unless it has ended at `time`, or its token is not valid any more. */
export async function findSession(db: Database, hash: string, time: string): Promise<TokenRecord | null> {
  const row = await validAt(db, time)
    .select([...callerColumns, 'sessions.id as session_id'])
    .where('sessions.hash', '=', hash)
    .executeTakeFirst();
  return row === undefined ? null : { ...callerOf(row), session: row.session_id };
}

/** Of these sessions, those that are valid at `time`. */
export async function validSessions(
  db: Database,
  ids: readonly string[],
  time: string,
): Promise<Set<string>> {
  if (ids.length === 0) return new Set();
  const rows = await validAt(db, time).select('sessions.id').where('sessions.id', 'in', ids).execute();
  return new Set(rows.map(({ id }) => id));
}

/** Puts off the end for being idle. */
export async function noteSessionUse(db: Database, id: string, nowMs: number): Promise<void> {
  const row = await db.selectFrom('sessions').select('idle_ms').where('id', '=', id).executeTakeFirst();
  if (row === undefined) return;
  await db
    .updateTable('sessions')
    .set({ last_used_at: isoTime(nowMs), idle_at: isoTime(nowMs + Number(row.idle_ms)) })
    .where('id', '=', id)
    .execute();
}

/** Those of a member that are valid at `time`, newest first. */
export async function listSessions(
  db: Database,
  memberId: string,
  time: string,
): Promise<Omit<Session, 'current'>[]> {
  const rows = await validAt(db, time)
    .select(['sessions.id', 'browser', 'sessions.created_at', 'sessions.last_used_at', 'sessions.expires_at'])
    .select(['tokens.id as token_id', 'tokens.name as token_name'])
    .where('members.id', '=', memberId)
    .orderBy('sessions.id', 'desc')
    .execute();
  return rows.map((row) => ({
    id: row.id,
    browser: row.browser,
    createdAt: row.created_at,
    lastUsedAt: row.last_used_at,
    expiresAt: row.expires_at,
    token: { id: row.token_id, name: row.token_name },
  }));
}

/** The member whose a session is; null: there is none. */
export async function sessionOwner(db: Database, id: string): Promise<string | null> {
  const row = await db
    .selectFrom('sessions')
    .innerJoin('tokens', 'tokens.id', 'sessions.token_id')
    .select('tokens.member_id')
    .where('sessions.id', '=', id)
    .executeTakeFirst();
  return row?.member_id ?? null;
}

export async function deleteSession(db: Database, id: string): Promise<void> {
  await db.deleteFrom('sessions').where('id', '=', id).execute();
}

export async function forgetSessionsBefore(db: Database, time: string): Promise<void> {
  await db
    .deleteFrom('sessions')
    .where((either) => either.or([either('expires_at', '<=', time), either('idle_at', '<=', time)]))
    .execute();
}

function validAt(db: Database, time: string) {
  return validTokensAt(db, time)
    .innerJoin('sessions', 'sessions.token_id', 'tokens.id')
    .where('sessions.expires_at', '>', time)
    .where('idle_at', '>', time);
}

function isoTime(ms: number): string {
  return new Date(ms).toISOString();
}
