import type { Member, Role } from '@descent/contracts';
import type { Selectable } from 'kysely';
import type { Database } from './database/database.ts';
import type { MembersTable } from './database/tables.ts';

export async function insertMember(db: Database, member: Member): Promise<void> {
  const { id, team, name, email, role, createdAt } = member;
  await db
    .insertInto('members')
    .values({ id, team_id: team, name, email, role, created_at: createdAt })
    .execute();
}

/** Unless it was removed. */
export async function findMember(db: Database, id: string): Promise<Member | null> {
  const row = await present(db).where('id', '=', id).executeTakeFirst();
  return row === undefined ? null : fromRow(row);
}

/** First come first. */
export async function listMembers(db: Database, team: string): Promise<Member[]> {
  return (await present(db).where('team_id', '=', team).orderBy('id').execute()).map(fromRow);
}

export async function countStaff(db: Database): Promise<number> {
  return (await present(db).where('role', '=', 'staff').execute()).length;
}

export async function changeRole(db: Database, id: string, role: Role): Promise<void> {
  await db.updateTable('members').set({ role }).where('id', '=', id).execute();
}

/** Its jobs stay with the team; its tokens are of no use any more. */
export async function removeMember(db: Database, id: string, time: string): Promise<void> {
  await db.updateTable('members').set({ removed_at: time }).where('id', '=', id).execute();
}

function present(db: Database) {
  return db.selectFrom('members').selectAll().where('removed_at', 'is', null);
}

function fromRow(row: Selectable<MembersTable>): Member {
  return {
    id: row.id,
    team: row.team_id,
    name: row.name,
    email: row.email,
    role: row.role,
    createdAt: row.created_at,
  };
}
