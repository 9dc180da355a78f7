import type { Dataset, DatasetManifest, DatasetState } from '@descent/contracts';
import type { Selectable } from 'kysely';
import type { Database } from './database/database.ts';
import type { DatasetsTable } from './database/tables.ts';
import { parseOrNull, textOrNull } from './json.ts';

/** @param team null: everybody's */
export async function insertDataset(db: Database, dataset: Dataset, team: string | null): Promise<void> {
  await db
    .insertInto('datasets')
    .values({
      id: dataset.id,
      team_id: team,
      name: dataset.name,
      state: dataset.state,
      created_at: dataset.createdAt,
      manifest: textOrNull(dataset.manifest),
      error: textOrNull(dataset.error),
    })
    .execute();
}

export async function findDataset(db: Database, id: string): Promise<Dataset | null> {
  const row = await db.selectFrom('datasets').selectAll().where('id', '=', id).executeTakeFirst();
  return row === undefined ? null : fromRow(row);
}

/** Newest first. @param of.team its own and everybody's; left out: of every team */
export async function listDatasets(db: Database, of: { readonly team?: string } = {}): Promise<Dataset[]> {
  const { team } = of;
  let query = db.selectFrom('datasets').selectAll().orderBy('id', 'desc');
  if (team !== undefined) {
    query = query.where((builder) =>
      builder.or([builder('team_id', 'is', null), builder('team_id', '=', team)]),
    );
  }
  return (await query.execute()).map(fromRow);
}

/** Moves a data set on from one state; false when it was in another: of two uploads at once, one wins. */
export async function changeDataset(
  db: Database,
  id: string,
  from: DatasetState,
  change: {
    readonly state: DatasetState;
    readonly manifest?: DatasetManifest | null;
    readonly error?: Dataset['error'];
  },
): Promise<boolean> {
  const result = await db
    .updateTable('datasets')
    .set({
      state: change.state,
      ...(change.manifest === undefined ? {} : { manifest: textOrNull(change.manifest) }),
      ...(change.error === undefined ? {} : { error: textOrNull(change.error) }),
    })
    .where('id', '=', id)
    .where('state', '=', from)
    .executeTakeFirst();
  return result.numUpdatedRows === 1n;
}

/** An upload that was under way when the process died left nothing behind: the data set is empty again. */
export async function resetInterruptedUploads(db: Database): Promise<void> {
  await db.updateTable('datasets').set({ state: 'empty' }).where('state', '=', 'ingesting').execute();
}

export async function deleteDataset(db: Database, id: string): Promise<boolean> {
  const result = await db.deleteFrom('datasets').where('id', '=', id).executeTakeFirst();
  return result.numDeletedRows === 1n;
}

function fromRow(row: Selectable<DatasetsTable>): Dataset {
  return {
    id: row.id,
    name: row.name,
    state: row.state,
    createdAt: row.created_at,
    manifest: parseOrNull<DatasetManifest>(row.manifest),
    error: parseOrNull<NonNullable<Dataset['error']>>(row.error),
  };
}
