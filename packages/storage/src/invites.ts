import type { Invite } from '@descent/contracts';
import type { Selectable } from 'kysely';
import type { Database } from './database/database.ts';
import type { InvitesTable } from './database/tables.ts';

/** @param hash SHA-256 of the code, lower-case hex */
export async function insertInvite(db: Database, invite: Invite, hash: string): Promise<void> {
  await db
    .insertInto('invites')
    .values({
      id: invite.id,
      team_id: invite.team,
      hash,
      role: invite.role,
      name: invite.name,
      email: invite.email,
      uses_left: invite.usesLeft,
      created_at: invite.createdAt,
      expires_at: invite.expiresAt,
    })
    .execute();
}

export async function findInvite(db: Database, id: string): Promise<Invite | null> {
  const row = await db.selectFrom('invites').selectAll().where('id', '=', id).executeTakeFirst();
  return row === undefined ? null : fromRow(row);
}

/** Those that can be used at `time`, newest first. */
export async function listInvites(db: Database, team: string, time: string): Promise<Invite[]> {
  const rows = await db
    .selectFrom('invites')
    .selectAll()
    .where('team_id', '=', team)
    .where('uses_left', '>', 0)
    .where('expires_at', '>', time)
    .orderBy('id', 'desc')
    .execute();
  return rows.map(fromRow);
}

/** Takes one use of the invitation with this code; null: there is none left. In the transaction that makes the member. */
export async function useInvite(db: Database, hash: string, time: string): Promise<Invite | null> {
  const row = await db
    .updateTable('invites')
    .set((builder) => ({ uses_left: builder('uses_left', '-', 1) }))
    .where('hash', '=', hash)
    .where('uses_left', '>', 0)
    .where('expires_at', '>', time)
    .returningAll()
    .executeTakeFirst();
  return row === undefined ? null : fromRow(row);
}

export async function deleteInvite(db: Database, id: string): Promise<void> {
  await db.deleteFrom('invites').where('id', '=', id).execute();
}

function fromRow(row: Selectable<InvitesTable>): Invite {
  return {
    id: row.id,
    team: row.team_id,
    role: row.role,
    name: row.name,
    email: row.email,
    usesLeft: row.uses_left,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
  };
}
