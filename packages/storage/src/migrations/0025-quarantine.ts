import type { Migration } from './migration.ts';

/** Workers that may compute no more for a job. */
export const quarantine: Migration = {
  name: '0025-quarantine',
  async up(db) {
    await db.schema
      .createTable('quarantined_workers')
      .addColumn('job_id', 'text', (column) => column.notNull())
      .addColumn('worker', 'text', (column) => column.notNull())
      .addColumn('step', 'integer', (column) => column.notNull())
      .addColumn('micro_batch', 'integer', (column) => column.notNull())
      .addColumn('since', 'integer')
      .addColumn('time', 'text', (column) => column.notNull())
      .addPrimaryKeyConstraint('quarantined_workers_key', ['job_id', 'worker'])
      .execute();
  },
};
