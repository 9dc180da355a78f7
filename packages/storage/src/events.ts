import type { JobEvent, NewJobEvent } from '@descent/contracts';
import type { Database } from './database/database.ts';
import { inChunks } from './in-chunks.ts';
import { parse, text } from './json.ts';

/** Appends events to a job; sequences go on from the last one, the first is 1. Call it in a transaction. */
export async function appendEvents(
  db: Database,
  jobId: string,
  events: readonly NewJobEvent[],
): Promise<void> {
  if (events.length === 0) return;
  const last = await lastEventSequence(db, jobId);
  const rows = events.map((event, index) => ({
    job_id: jobId,
    sequence: last + 1 + index,
    time: event.time,
    type: event.type,
    message: event.message,
    data: text(event.data),
  }));
  for (const chunk of inChunks(rows)) await db.insertInto('job_events').values(chunk).execute();
}

/** Events with a sequence above `after`, in order. */
export async function readEvents(
  db: Database,
  jobId: string,
  page: { readonly after: number; readonly limit: number },
): Promise<JobEvent[]> {
  const rows = await db
    .selectFrom('job_events')
    .select(['sequence', 'time', 'type', 'message', 'data'])
    .where('job_id', '=', jobId)
    .where('sequence', '>', page.after)
    .orderBy('sequence')
    .limit(page.limit)
    .execute();
  return rows.map((row) => ({
    sequence: row.sequence,
    time: row.time,
    type: row.type as JobEvent['type'],
    message: row.message,
    data: parse<Record<string, unknown>>(row.data),
  }));
}

/** The newest event of that type. */
export async function latestEvent(
  db: Database,
  jobId: string,
  type: JobEvent['type'],
): Promise<JobEvent | undefined> {
  const row = await db
    .selectFrom('job_events')
    .select(['sequence', 'time', 'message', 'data'])
    .where('job_id', '=', jobId)
    .where('type', '=', type)
    .orderBy('sequence', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row && { ...row, type, data: parse<Record<string, unknown>>(row.data) };
}

async function lastEventSequence(db: Database, jobId: string): Promise<number> {
  const row = await db
    .selectFrom('job_events')
    .select('sequence')
    .where('job_id', '=', jobId)
    .orderBy('sequence', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row?.sequence ?? 0;
}
