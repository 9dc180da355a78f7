import type { LayerSnapshot, NewMetricPoint } from '@descent/contracts';
import type { Database } from './database/database.ts';
import { inChunks } from './in-chunks.ts';
import { parse, text } from './json.ts';

export interface LayerPoint {
  readonly step: number;
  readonly epoch: number;
  readonly snapshot: LayerSnapshot;
}

/** Stores what the points say of the layers. A step that is computed again after a restart replaces what it said before. */
export async function putLayers(
  db: Database,
  jobId: string,
  points: readonly NewMetricPoint[],
): Promise<void> {
  const rows = points.flatMap(({ step, epoch, layers }) =>
    layers === undefined ? [] : [{ job_id: jobId, step, epoch, snapshot: text(layers) }],
  );
  for (const chunk of inChunks(rows)) {
    await db
      .insertInto('layer_points')
      .values(chunk)
      .onConflict((conflict) =>
        conflict.columns(['job_id', 'step']).doUpdateSet((row) => ({
          epoch: row.ref('excluded.epoch'),
          snapshot: row.ref('excluded.snapshot'),
        })),
      )
      .execute();
  }
}

/** In the order of the steps. */
export async function readLayers(db: Database, jobId: string): Promise<LayerPoint[]> {
  const rows = await db
    .selectFrom('layer_points')
    .select(['step', 'epoch', 'snapshot'])
    .where('job_id', '=', jobId)
    .orderBy('step')
    .execute();
  return rows.map(({ step, epoch, snapshot }) => ({ step, epoch, snapshot: parse<LayerSnapshot>(snapshot) }));
}
