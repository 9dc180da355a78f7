import type { Selectable } from 'kysely';
import type { Database } from './database/database.ts';
import type { UploadsTable } from './database/tables.ts';

/** A file of a data set that comes in pieces. */
export interface UploadRecord {
  readonly id: string;
  readonly datasetId: string;
  readonly name: string;
  readonly split: string | null;
  readonly format: string | null;
  /** Of the whole file. */
  readonly bytes: number;
  readonly createdAt: string;
}

export async function insertUpload(db: Database, upload: UploadRecord): Promise<void> {
  const { id, name, split, format, bytes } = upload;
  await db
    .insertInto('uploads')
    .values({
      id,
      dataset_id: upload.datasetId,
      name,
      split,
      format,
      bytes,
      created_at: upload.createdAt,
    })
    .execute();
}

/** Of the data set it is said to belong to. */
export async function findUpload(db: Database, datasetId: string, id: string): Promise<UploadRecord | null> {
  const row = await db
    .selectFrom('uploads')
    .selectAll()
    .where('id', '=', id)
    .where('dataset_id', '=', datasetId)
    .executeTakeFirst();
  return row === undefined ? null : fromRow(row);
}

/** In the order they were announced. */
export async function listUploads(db: Database, datasetId: string): Promise<UploadRecord[]> {
  const rows = await db
    .selectFrom('uploads')
    .selectAll()
    .where('dataset_id', '=', datasetId)
    .orderBy('id')
    .execute();
  return rows.map(fromRow);
}

/** All of those announced before a time (ISO 8601). */
export async function uploadsBefore(db: Database, time: string): Promise<UploadRecord[]> {
  const rows = await db.selectFrom('uploads').selectAll().where('created_at', '<', time).execute();
  return rows.map(fromRow);
}

export async function deleteUpload(db: Database, id: string): Promise<void> {
  await db.deleteFrom('uploads').where('id', '=', id).execute();
}

function fromRow(row: Selectable<UploadsTable>): UploadRecord {
  return {
    id: row.id,
    datasetId: row.dataset_id,
    name: row.name,
    split: row.split,
    format: row.format,
    bytes: Number(row.bytes),
    createdAt: row.created_at,
  };
}
