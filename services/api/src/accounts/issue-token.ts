import type { Scope, Token, TokenCreated } from '@descent/contracts';
import { type Database, insertToken, listTokens } from '@descent/storage';
import { ulid } from 'ulid';
import { createToken, hashToken } from '../tokens/token.ts';

export interface TokenOrder {
  readonly name: string;
  readonly memberId: string;
  readonly scopes: readonly Scope[];
  readonly lentTo: string | null;
  readonly expiresAt: string | null;
}

/** Stores a new token's hash; the token itself exists in the answer alone. */
export async function issueToken(db: Database, order: TokenOrder, nowMs: number): Promise<TokenCreated> {
  const secret = createToken();
  const id = `tok_${ulid(nowMs)}`;
  await insertToken(db, { ...order, id, createdAt: new Date(nowMs).toISOString() }, hashToken(secret));
  const [token] = await listTokens(db, { id });
  return { token: token as Token, secret };
}
