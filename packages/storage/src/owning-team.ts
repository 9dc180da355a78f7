import type { Database } from './database/database.ts';

/** Everything that belongs to a team and has an id. */
export type OwnedTable = 'jobs' | 'datasets' | 'models' | 'members' | 'invites' | 'webhooks';

/** The team that something belongs to (null: everybody), or undefined: there is no such thing. */
export async function owningTeam(
  db: Database,
  table: OwnedTable,
  id: string,
): Promise<string | null | undefined> {
  const row = await db.selectFrom(table).select('team_id').where('id', '=', id).executeTakeFirst();
  return row?.team_id;
}
