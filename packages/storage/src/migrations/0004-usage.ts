import type { Migration } from './migration.ts';

/** What each job's workers computed, booked with every report. */
export const usage: Migration = {
  name: '0004-usage',
  async up(db) {
    await db.schema
      .createTable('usage')
      .addColumn('job_id', 'text', (column) => column.primaryKey())
      .addColumn('team_id', 'text', (column) => column.notNull())
      .addColumn('from_time', 'text', (column) => column.notNull())
      .addColumn('to_time', 'text', (column) => column.notNull())
      .addColumn('worker_seconds', 'double precision', (column) => column.notNull())
      .execute();
    await db.schema.createIndex('usage_by_team').on('usage').columns(['team_id', 'job_id']).execute();
  },
};
