import type { Migration } from './migration.ts';

/** Versions, stored bytes and reports of data sets, and files of theirs that are being uploaded in pieces. */
export const datasetUploads: Migration = {
  name: '0010-dataset-uploads',
  async up(db) {
    await db.schema
      .alterTable('datasets')
      .addColumn('version', 'integer', (column) => column.notNull().defaultTo(1))
      .execute();
    await db.schema
      .alterTable('datasets')
      .addColumn('bytes', 'bigint', (column) => column.notNull().defaultTo(0))
      .execute();
    await db.schema.alterTable('datasets').addColumn('report', 'text').execute();

    await db.schema
      .createTable('uploads')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('dataset_id', 'text', (column) =>
        column.notNull().references('datasets.id').onDelete('cascade'),
      )
      .addColumn('name', 'text', (column) => column.notNull())
      .addColumn('split', 'text')
      .addColumn('format', 'text')
      .addColumn('bytes', 'bigint', (column) => column.notNull())
      .addColumn('created_at', 'text', (column) => column.notNull())
      .execute();
    await db.schema.createIndex('uploads_by_dataset').on('uploads').columns(['dataset_id']).execute();
  },
};
