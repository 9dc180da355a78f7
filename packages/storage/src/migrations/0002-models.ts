import type { Migration } from './migration.ts';

/** Models that were imported from files of other frameworks. */
export const models: Migration = {
  name: '0002-models',
  async up(db) {
    await db.schema
      .createTable('models')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('name', 'text', (column) => column.notNull())
      .addColumn('format', 'text', (column) => column.notNull())
      .addColumn('token_id', 'text', (column) => column.notNull())
      .addColumn('created_at', 'text', (column) => column.notNull())
      .addColumn('parameters', 'bigint', (column) => column.notNull())
      .addColumn('weights_hash', 'text')
      .addColumn('topology', 'text', (column) => column.notNull())
      .execute();
  },
};
