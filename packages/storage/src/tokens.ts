import type { Role, Scope, Token } from '@descent/contracts';
import type { Database } from './database/database.ts';
import type { MembersTable, TokensTable } from './database/tables.ts';

/** A valid token, and on whose behalf it speaks. */
export interface TokenRecord {
  readonly id: string;
  readonly name: string;
  readonly scopes: readonly Scope[];
  /** Of a worker token: the only team that its workers serve; null: all. */
  readonly lentTo: string | null;
  readonly memberId: string;
  readonly role: Role;
  readonly teamId: string;
  readonly lastUsedAt: string | null;
  /** Of a browser: the session that stands for the token. */
  readonly session: string | null;
}

export interface NewToken {
  readonly id: string;
  readonly name: string;
  readonly memberId: string;
  readonly scopes: readonly Scope[];
  readonly lentTo: string | null;
  readonly createdAt: string;
  readonly expiresAt: string | null;
}

/** @param hash SHA-256 of the token, lower-case hex */
export async function insertToken(db: Database, token: NewToken, hash: string): Promise<void> {
  await db
    .insertInto('tokens')
    .values({
      id: token.id,
      name: token.name,
      hash,
      member_id: token.memberId,
      scopes: token.scopes.join(' '),
      lent_to: token.lentTo,
      created_at: token.createdAt,
      expires_at: token.expiresAt,
    })
    .execute();
}

/** The token with this SHA-256, unless it was revoked, has expired at `time`, or its member is gone. */
export async function findToken(db: Database, hash: string, time: string): Promise<TokenRecord | null> {
  const row = await validTokensAt(db, time).select(callerColumns).where('hash', '=', hash).executeTakeFirst();
  return row === undefined ? null : { ...callerOf(row), session: null };
}

/** For `callerOf`. */
export const callerColumns = [
  'tokens.id',
  'tokens.name',
  'tokens.scopes',
  'tokens.lent_to',
  'tokens.last_used_at',
  'members.id as member_id',
  'members.role',
  'members.team_id',
] as const;

export function callerOf(
  row: Pick<TokensTable, 'id' | 'name' | 'scopes' | 'lent_to' | 'last_used_at'> &
    Pick<MembersTable, 'role' | 'team_id'> & { readonly member_id: string },
): Omit<TokenRecord, 'session'> {
  return {
    id: row.id,
    name: row.name,
    scopes: row.scopes.split(' ') as Scope[],
    lentTo: row.lent_to,
    memberId: row.member_id,
    role: row.role,
    teamId: row.team_id,
    lastUsedAt: row.last_used_at,
  };
}

/** Of these tokens, those that are valid at `time`. */
export async function validTokens(db: Database, ids: readonly string[], time: string): Promise<Set<string>> {
  if (ids.length === 0) return new Set();
  const rows = await validTokensAt(db, time).select('tokens.id').where('tokens.id', 'in', ids).execute();
  return new Set(rows.map(({ id }) => id));
}

export async function noteTokenUse(db: Database, id: string, time: string): Promise<void> {
  await db.updateTable('tokens').set({ last_used_at: time }).where('id', '=', id).execute();
}

/** Newest first, revoked ones too. @param of whose; left out: everybody's */
export async function listTokens(
  db: Database,
  of: { readonly team?: string; readonly member?: string; readonly id?: string } = {},
): Promise<Token[]> {
  let query = db
    .selectFrom('tokens')
    .innerJoin('members', 'members.id', 'tokens.member_id')
    .select([
      'tokens.id',
      'tokens.name',
      'members.id as member_id',
      'members.name as member_name',
      'team_id',
      'scopes',
      'lent_to',
      'tokens.created_at',
      'expires_at',
      'last_used_at',
      'revoked_at',
    ])
    .orderBy('tokens.id', 'desc');
  if (of.team !== undefined) query = query.where('team_id', '=', of.team);
  if (of.member !== undefined) query = query.where('members.id', '=', of.member);
  if (of.id !== undefined) query = query.where('tokens.id', '=', of.id);
  return (await query.execute()).map((row) => ({
    id: row.id,
    name: row.name,
    member: { id: row.member_id, name: row.member_name },
    team: row.team_id,
    scopes: row.scopes.split(' ') as Scope[],
    lentTo: row.lent_to,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    lastUsedAt: row.last_used_at,
    revokedAt: row.revoked_at,
  }));
}

/** Whose a token is, valid or not; null: there is none. */
export async function tokenOwner(
  db: Database,
  id: string,
): Promise<{ readonly memberId: string; readonly teamId: string } | null> {
  const row = await db
    .selectFrom('tokens')
    .innerJoin('members', 'members.id', 'tokens.member_id')
    .select(['member_id', 'team_id'])
    .where('tokens.id', '=', id)
    .executeTakeFirst();
  return row === undefined ? null : { memberId: row.member_id ?? '', teamId: row.team_id };
}

export async function revokeToken(db: Database, id: string, time: string): Promise<void> {
  await db
    .updateTable('tokens')
    .set({ revoked_at: time })
    .where('id', '=', id)
    .where('revoked_at', 'is', null)
    .execute();
}

export async function countTokens(db: Database): Promise<number> {
  const row = await db
    .selectFrom('tokens')
    .select((builder) => builder.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow();
  return Number(row.count);
}

/** Tokens with their members, unless they were revoked, have expired at `time`, or the member is gone. */
export function validTokensAt(db: Database, time: string) {
  return db
    .selectFrom('tokens')
    .innerJoin('members', 'members.id', 'tokens.member_id')
    .where('revoked_at', 'is', null)
    .where('removed_at', 'is', null)
    .where((builder) =>
      builder.or([builder('tokens.expires_at', 'is', null), builder('tokens.expires_at', '>', time)]),
    );
}
