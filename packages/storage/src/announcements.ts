import type { Announcement } from '@descent/contracts';
import type { Database } from './database/database.ts';

export async function insertAnnouncement(db: Database, announcement: Announcement): Promise<void> {
  const { id, message, pausesWork, startsAt, endsAt } = announcement;
  await db
    .insertInto('announcements')
    .values({ id, message, pauses_work: pausesWork ? 1 : 0, starts_at: startsAt, ends_at: endsAt })
    .execute();
}

/** Those that have not ended by `time`, oldest first. */
export async function listAnnouncements(db: Database, time: string): Promise<Announcement[]> {
  const rows = await db
    .selectFrom('announcements')
    .selectAll()
    .where((builder) => builder.or([builder('ends_at', 'is', null), builder('ends_at', '>', time)]))
    .orderBy('id')
    .execute();
  return rows.map((row) => ({
    id: row.id,
    message: row.message,
    pausesWork: row.pauses_work === 1,
    startsAt: row.starts_at,
    endsAt: row.ends_at,
  }));
}

/** Whether there was one. */
export async function deleteAnnouncement(db: Database, id: string): Promise<boolean> {
  const result = await db.deleteFrom('announcements').where('id', '=', id).executeTakeFirst();
  return result.numDeletedRows === 1n;
}
