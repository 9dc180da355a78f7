import type { AuditEntry } from '@descent/contracts';
import type { Database } from './database/database.ts';

export async function appendAudit(db: Database, entry: AuditEntry): Promise<void> {
  await db
    .insertInto('audit')
    .values({
      time: entry.time,
      request_id: entry.requestId,
      action: entry.action,
      object: entry.object,
      team_id: entry.team,
      member_id: entry.member,
      token_id: entry.token,
      status: entry.statusCode,
    })
    .execute();
}

/** Newest first. @param page.before a request id: entries before it only */
export async function readAudit(
  db: Database,
  page: { readonly before?: string; readonly team?: string; readonly limit: number },
): Promise<AuditEntry[]> {
  let query = db.selectFrom('audit').selectAll().orderBy('request_id', 'desc').limit(page.limit);
  if (page.before !== undefined) query = query.where('request_id', '<', page.before);
  if (page.team !== undefined) query = query.where('team_id', '=', page.team);
  return (await query.execute()).map((row) => ({
    requestId: row.request_id,
    time: row.time,
    action: row.action,
    object: row.object,
    team: row.team_id,
    member: row.member_id,
    token: row.token_id,
    statusCode: row.status,
  }));
}
