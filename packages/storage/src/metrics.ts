import type { MetricPoint, NewMetricPoint, Scores } from '@descent/contracts';
import type { Database } from './database/database.ts';
import { inChunks } from './in-chunks.ts';
import { parse, parseOrNull, text } from './json.ts';

/**
 * Stores points of a job; sequences go on from the last one, the first is 1. Call it in a transaction.
 * A point of a (step, split) that is there already replaces its values and keeps its sequence: after a restart from a
 * checkpoint the steps since then are computed again.
 */
export async function putPoints(
  db: Database,
  jobId: string,
  points: readonly NewMetricPoint[],
): Promise<void> {
  if (points.length === 0) return;
  const { last, replayed } = await whatIsThere(db, jobId, points);
  const fresh = new Map<string, NewMetricPoint>();
  for (const point of points) {
    const key = keyOf(point);
    const sequence = replayed.get(key);
    if (sequence === undefined) fresh.set(key, point);
    else {
      await db
        .updateTable('metric_points')
        .set({ epoch: point.epoch, scores: text(point.values), time: point.time })
        .where('job_id', '=', jobId)
        .where('sequence', '=', sequence)
        .execute();
    }
  }
  const rows = [...fresh.values()].map((point, index) => ({
    job_id: jobId,
    sequence: last + 1 + index,
    step: point.step,
    split: point.split,
    epoch: point.epoch,
    scores: text(point.values),
    time: point.time,
  }));
  for (const chunk of inChunks(rows)) await db.insertInto('metric_points').values(chunk).execute();
}

/** Points with a sequence above `after`, in order. */
export async function readPoints(
  db: Database,
  jobId: string,
  page: { readonly after: number; readonly limit: number },
): Promise<MetricPoint[]> {
  const rows = await db
    .selectFrom('metric_points')
    .select(['sequence', 'step', 'split', 'epoch', 'scores', 'time'])
    .where('job_id', '=', jobId)
    .where('sequence', '>', page.after)
    .orderBy('sequence')
    .limit(page.limit)
    .execute();
  return rows.map((row) => ({
    sequence: row.sequence,
    step: row.step,
    split: row.split,
    epoch: row.epoch,
    values: parse<Scores>(row.scores),
    time: row.time,
  }));
}

/** Scores of the evaluation at a step, if there was one. */
export async function findScores(db: Database, jobId: string, step: number): Promise<Scores | null> {
  const row = await db
    .selectFrom('metric_points')
    .select('scores')
    .where('job_id', '=', jobId)
    .where('step', '=', step)
    .where('split', '=', 'validation')
    .executeTakeFirst();
  return parseOrNull<Scores>(row?.scores ?? null);
}

/** Ordinarily every step is new and `replayed` is empty: one look-up on the index of (job, step, split). */
async function whatIsThere(
  db: Database,
  jobId: string,
  points: readonly NewMetricPoint[],
): Promise<{ last: number; replayed: Map<string, number> }> {
  const steps = points.map((point) => point.step);
  const newest = await db
    .selectFrom('metric_points')
    .select('sequence')
    .where('job_id', '=', jobId)
    .orderBy('sequence', 'desc')
    .limit(1)
    .executeTakeFirst();
  const rows = await db
    .selectFrom('metric_points')
    .select(['step', 'split', 'sequence'])
    .where('job_id', '=', jobId)
    .where('step', '>=', smallest(steps))
    .execute();
  return {
    last: newest?.sequence ?? 0,
    replayed: new Map(rows.map((row) => [keyOf(row), row.sequence])),
  };
}

function smallest(steps: readonly number[]): number {
  return steps.reduce((least, step) => Math.min(least, step), Number.POSITIVE_INFINITY);
}

function keyOf(point: { readonly step: number; readonly split: string }): string {
  return `${point.step} ${point.split}`;
}
