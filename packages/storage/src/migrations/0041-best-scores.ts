import type { Migration } from './migration.ts';

/** The best of each score of a job, kept with every report so that lists need not look at its points. */
export const bestScores: Migration = {
  name: '0041-best-scores',
  async up(db) {
    await db.schema.alterTable('jobs').addColumn('best', 'text').execute();
  },
};
