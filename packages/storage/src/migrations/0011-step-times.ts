import type { Migration } from './migration.ts';

/** Where the time of a job's latest steps went. */
export const stepTimes: Migration = {
  name: '0011-step-times',
  async up(db) {
    for (const [table, content] of [
      ['job_timings', 'timing'],
      ['job_traces', 'trace'],
    ] as const) {
      await db.schema
        .createTable(table)
        .addColumn('job_id', 'text', (column) => column.primaryKey())
        .addColumn(content, 'text', (column) => column.notNull())
        .execute();
    }
  },
};
