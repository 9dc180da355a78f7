import type { JobCreate } from '@descent/contracts';
import { jobParameters } from '../job-parameters.ts';
import type { Migration } from './migration.ts';

/** Tags, notes, stars and the archive; who submitted a job; and what its request sets, for searches. */
export const organisedJobs: Migration = {
  name: '0012-organised-jobs',
  async up(db) {
    await db.schema
      .createTable('job_cards')
      .addColumn('job_id', 'text', (column) => column.primaryKey().references('jobs.id').onDelete('cascade'))
      .addColumn('member_id', 'text')
      .addColumn('tags', 'text', (column) => column.notNull())
      .addColumn('notes', 'text', (column) => column.notNull())
      .addColumn('archived_at', 'text')
      .addColumn('parameters', 'text', (column) => column.notNull())
      .execute();
    await db.schema
      .createTable('job_stars')
      .addColumn('member_id', 'text', (column) => column.notNull())
      .addColumn('job_id', 'text', (column) => column.notNull().references('jobs.id').onDelete('cascade'))
      .addPrimaryKeyConstraint('job_stars_key', ['member_id', 'job_id'])
      .execute();

    const jobs = await db.selectFrom('jobs').select('id').execute();
    for (const { id } of jobs) {
      const plan = await db
        .selectFrom('job_plans')
        .select('request')
        .where('job_id', '=', id)
        .executeTakeFirst();
      const submitted = await db
        .selectFrom('audit')
        .select('member_id')
        .where('object', '=', id)
        .where('action', 'in', ['createJob', 'forkJob'])
        .executeTakeFirst();
      const parameters = plan === undefined ? {} : jobParameters(JSON.parse(plan.request) as JobCreate);
      await db
        .insertInto('job_cards')
        .values({
          job_id: id,
          member_id: submitted?.member_id ?? null,
          tags: '[]',
          notes: '',
          archived_at: null,
          parameters: JSON.stringify(parameters),
        })
        .execute();
    }
  },
};
