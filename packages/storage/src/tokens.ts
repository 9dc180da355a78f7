import type { Database } from './database/database.ts';

export interface TokenRecord {
  readonly id: string;
  readonly name: string;
  readonly createdAt: string;
}

export async function insertToken(
  db: Database,
  token: TokenRecord & { readonly hash: string },
): Promise<void> {
  await db
    .insertInto('tokens')
    .values({
      id: token.id,
      name: token.name,
      hash: token.hash,
      created_at: token.createdAt,
      revoked_at: null,
    })
    .execute();
}

/** The token with this SHA-256, unless it was revoked. */
export async function findToken(db: Database, hash: string): Promise<TokenRecord | null> {
  const row = await db
    .selectFrom('tokens')
    .select(['id', 'name', 'created_at'])
    .where('hash', '=', hash)
    .where('revoked_at', 'is', null)
    .executeTakeFirst();
  return row === undefined ? null : { id: row.id, name: row.name, createdAt: row.created_at };
}

export async function countTokens(db: Database): Promise<number> {
  const row = await db
    .selectFrom('tokens')
    .select((builder) => builder.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow();
  return Number(row.count);
}
