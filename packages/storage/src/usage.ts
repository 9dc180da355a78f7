import type { UsageEntry } from '@descent/contracts';
import type { Database } from './database/database.ts';

/** Adds what a job's workers computed since the report before. In the transaction that stores the report. */
export async function bookUsage(
  db: Database,
  { job, team, from, to, workerSeconds }: UsageEntry,
): Promise<void> {
  await db
    .insertInto('usage')
    .values({ job_id: job, team_id: team, from_time: from, to_time: to, worker_seconds: workerSeconds })
    .onConflict((conflict) =>
      conflict.column('job_id').doUpdateSet((builder) => ({
        to_time: to,
        worker_seconds: builder('usage.worker_seconds', '+', workerSeconds),
      })),
    )
    .execute();
}

/** Worker-seconds of each team, ever. */
export async function usageByTeam(db: Database): Promise<Map<string, number>> {
  const rows = await db
    .selectFrom('usage')
    .select((builder) => ['team_id', builder.fn.sum<number>('worker_seconds').as('seconds')])
    .groupBy('team_id')
    .execute();
  return new Map(rows.map((row) => [row.team_id, Number(row.seconds)]));
}

/** One entry per job, newest job first. @param of.team left out: of every team */
export async function listUsage(db: Database, of: { readonly team?: string } = {}): Promise<UsageEntry[]> {
  let query = db.selectFrom('usage').selectAll().orderBy('job_id', 'desc');
  if (of.team !== undefined) query = query.where('team_id', '=', of.team);
  return (await query.execute()).map((row) => ({
    team: row.team_id,
    job: row.job_id,
    from: row.from_time,
    to: row.to_time,
    workerSeconds: row.worker_seconds,
  }));
}
