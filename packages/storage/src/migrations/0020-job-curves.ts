import type { Migration } from './migration.ts';

/** What is drawn of a job besides its metric points: how its layers moved, and the line in a list. */
export const jobCurves: Migration = {
  name: '0020-job-curves',
  async up(db) {
    await db.schema
      .createTable('layer_points')
      .addColumn('job_id', 'text', (column) => column.notNull())
      .addColumn('step', 'integer', (column) => column.notNull())
      .addColumn('epoch', 'real', (column) => column.notNull())
      .addColumn('snapshot', 'text', (column) => column.notNull())
      .addPrimaryKeyConstraint('layer_points_key', ['job_id', 'step'])
      .execute();
    await db.schema
      .createTable('sparklines')
      .addColumn('job_id', 'text', (column) => column.primaryKey())
      .addColumn('losses', 'text', (column) => column.notNull())
      .execute();
  },
};
