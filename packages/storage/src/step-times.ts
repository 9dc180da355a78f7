import type { JobTiming, JobTrace } from '@descent/contracts';
import type { Database } from './database/database.ts';
import { parse, text } from './json.ts';

/** Takes the place of the one before. */
export async function putTiming(db: Database, jobId: string, timing: JobTiming): Promise<void> {
  const row = { timing: text(timing) };
  await db
    .insertInto('job_timings')
    .values({ job_id: jobId, ...row })
    .onConflict((conflict) => conflict.column('job_id').doUpdateSet(row))
    .execute();
}

export async function findTiming(db: Database, jobId: string): Promise<JobTiming | null> {
  const row = await db
    .selectFrom('job_timings')
    .select('timing')
    .where('job_id', '=', jobId)
    .executeTakeFirst();
  return row === undefined ? null : parse<JobTiming>(row.timing);
}

/** Takes the place of the one before. */
export async function putTrace(db: Database, jobId: string, trace: JobTrace): Promise<void> {
  const row = { trace: text(trace) };
  await db
    .insertInto('job_traces')
    .values({ job_id: jobId, ...row })
    .onConflict((conflict) => conflict.column('job_id').doUpdateSet(row))
    .execute();
}

export async function findTrace(db: Database, jobId: string): Promise<JobTrace | null> {
  const row = await db
    .selectFrom('job_traces')
    .select('trace')
    .where('job_id', '=', jobId)
    .executeTakeFirst();
  return row === undefined ? null : parse<JobTrace>(row.trace);
}
