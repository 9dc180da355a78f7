import type { Dataset, DatasetManifest, DatasetReport, DatasetState } from '@descent/contracts';
import { type Selectable, sql } from 'kysely';
import type { Database } from './database/database.ts';
import type { DatasetsTable } from './database/tables.ts';
import { parseOrNull, textOrNull } from './json.ts';

/** A data set to be: what its row says before it has content. Its version follows the last one of its name in its team. */
export type NewDataset = Omit<Dataset, 'version' | 'bytes'>;

/** @param team null: everybody's */
export async function insertDataset(db: Database, dataset: NewDataset, team: string | null): Promise<void> {
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
      version: sql<number>`(select coalesce(max(version), 0) + 1 from datasets where name = ${dataset.name} and coalesce(team_id, '') = coalesce(${team}, ''))`,
      bytes: 0,
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

export interface DatasetVersion {
  readonly id: string;
  readonly version: number;
  readonly state: DatasetState;
  readonly team: string | null;
}

/** Uploads of one name, the last version first. @param of.team its own; left out: of every team */
export async function datasetVersions(
  db: Database,
  name: string,
  { team }: { readonly team?: string } = {},
): Promise<DatasetVersion[]> {
  let query = db
    .selectFrom('datasets')
    .select(['id', 'version', 'state', 'team_id as team'])
    .where('name', '=', name)
    .where('id', 'like', 'ds_%')
    .orderBy('version', 'desc');
  if (team !== undefined) query = query.where('team_id', '=', team);
  return query.execute();
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
    readonly bytes?: number;
    readonly report?: DatasetReport;
  },
): Promise<boolean> {
  const result = await db
    .updateTable('datasets')
    .set({
      state: change.state,
      ...(change.manifest === undefined ? {} : { manifest: textOrNull(change.manifest) }),
      ...(change.error === undefined ? {} : { error: textOrNull(change.error) }),
      ...(change.bytes === undefined ? {} : { bytes: change.bytes }),
      ...(change.report === undefined ? {} : { report: textOrNull(change.report) }),
    })
    .where('id', '=', id)
    .where('state', '=', from)
    .executeTakeFirst();
  return result.numUpdatedRows === 1n;
}

/** What its ingest found; null for one that was not filled, or before reports were kept. */
export async function findReport(db: Database, id: string): Promise<DatasetReport | null> {
  const row = await db.selectFrom('datasets').select('report').where('id', '=', id).executeTakeFirst();
  return parseOrNull<DatasetReport>(row?.report ?? null);
}

/** Stored shards of all uploaded data sets and the files that are being uploaded for one. A file that two share counts once. */
export async function storedDatasetBytes(db: Database): Promise<number> {
  const shards = await db
    .selectFrom(
      db
        .selectFrom('artifacts')
        .innerJoin('datasets', 'datasets.id', 'artifacts.owner')
        .select(['artifacts.hash', 'artifacts.bytes'])
        .where('datasets.id', 'like', 'ds_%')
        .distinct()
        .as('held'),
    )
    .select(({ fn }) => fn.sum<number | null>('bytes').as('bytes'))
    .executeTakeFirst();
  const uploads = await db
    .selectFrom('uploads')
    .select(({ fn }) => fn.sum<number | null>('bytes').as('bytes'))
    .executeTakeFirst();
  return Number(shards?.bytes ?? 0) + Number(uploads?.bytes ?? 0);
}

/** Ids of those whose files are being read. */
export async function ingestingDatasets(db: Database): Promise<string[]> {
  const rows = await db.selectFrom('datasets').select('id').where('state', '=', 'ingesting').execute();
  return rows.map(({ id }) => id);
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
    version: row.version,
    bytes: Number(row.bytes),
  };
}
