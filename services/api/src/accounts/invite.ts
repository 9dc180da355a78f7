import type { Invite, InviteCreate, InviteCreated } from '@descent/contracts';
import { type Database, insertInvite } from '@descent/storage';
import { ulid } from 'ulid';
import { createJoinCode, hashToken } from '../tokens/token.ts';

const twoWeeks = 14 * 24 * 3600;

/** Stores an invitation to a team; its code exists in the answer alone. */
export async function invite(
  db: Database,
  team: string,
  { role = 'member', uses = 1, expiresInSeconds = twoWeeks, name, email }: InviteCreate,
  nowMs: number,
): Promise<InviteCreated> {
  const code = createJoinCode();
  const made: Invite = {
    id: `inv_${ulid(nowMs)}`,
    team,
    role,
    name: name ?? null,
    email: email ?? null,
    usesLeft: uses,
    createdAt: new Date(nowMs).toISOString(),
    expiresAt: new Date(nowMs + expiresInSeconds * 1000).toISOString(),
  };
  await insertInvite(db, made, hashToken(code));
  return { invite: made, code };
}
