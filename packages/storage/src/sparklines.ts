import { type NewMetricPoint, sparklinePoints } from '@descent/contracts';
import type { Database } from './database/database.ts';
import { inChunks } from './in-chunks.ts';
import { parse, text } from './json.ts';

/**
 * Keeps the training losses at even steps, at most 64 of a whole job: each has its place, so that steps that are
 * computed again take the place of what was there.
 */
export async function putSparkline(
  db: Database,
  jobId: string,
  points: readonly NewMetricPoint[],
  steps: number,
): Promise<void> {
  const stride = Math.max(1, Math.ceil(steps / sparklinePoints));
  const kept = points.filter(
    ({ split, step, values }) => split === 'train' && step % stride === 0 && values.loss !== undefined,
  );
  if (kept.length === 0) return;
  const losses = [...((await findSparklines(db, [jobId])).get(jobId) ?? [])];
  for (const { step, values } of kept) {
    const place = step / stride - 1;
    // A fork begins in the middle: what it has not trained itself is drawn level.
    while (losses.length < place) losses.push(values.loss!);
    losses[place] = Number(values.loss!.toPrecision(5));
  }
  const row = { losses: text(losses) };
  await db
    .insertInto('sparklines')
    .values({ job_id: jobId, ...row })
    .onConflict((conflict) => conflict.column('job_id').doUpdateSet(row))
    .execute();
}

/** Of those jobs that have one. */
export async function findSparklines(
  db: Database,
  jobIds: readonly string[],
): Promise<ReadonlyMap<string, number[]>> {
  const found = new Map<string, number[]>();
  for (const chunk of inChunks(jobIds)) {
    const rows = await db.selectFrom('sparklines').selectAll().where('job_id', 'in', chunk).execute();
    for (const { job_id, losses } of rows) found.set(job_id, parse<number[]>(losses));
  }
  return found;
}
