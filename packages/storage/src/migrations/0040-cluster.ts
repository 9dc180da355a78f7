import type { Migration } from './migration.ts';

/** Who computes, who owns parameters, what staff announce, and what admission must know of jobs. */
export const cluster: Migration = {
  name: '0040-cluster',
  async up(db) {
    await db.schema
      .createTable('workers')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('name', 'text', (column) => column.notNull().unique())
      .addColumn('token_id', 'text')
      .addColumn('lent_to', 'text')
      .addColumn('wanted', 'text', (column) => column.notNull())
      .addColumn('engine', 'text', (column) => column.notNull())
      .addColumn('device', 'text', (column) => column.notNull())
      .addColumn('numerics_class', 'text', (column) => column.notNull())
      .addColumn('threads', 'integer', (column) => column.notNull())
      .addColumn('flops_per_second', 'double precision')
      .addColumn('job_id', 'text')
      .addColumn('load', 'double precision', (column) => column.notNull().defaultTo(0))
      .addColumn('samples_per_second', 'double precision', (column) => column.notNull().defaultTo(0))
      .addColumn('joined_at_ms', 'bigint', (column) => column.notNull())
      .addColumn('heard_at_ms', 'bigint', (column) => column.notNull())
      .execute();
    await db.schema
      .createTable('worker_grants')
      .addColumn('worker_id', 'text', (column) =>
        column.notNull().references('workers.id').onDelete('cascade'),
      )
      .addColumn('job_id', 'text', (column) => column.notNull())
      .addColumn('until_ms', 'bigint', (column) => column.notNull())
      .addPrimaryKeyConstraint('worker_grants_key', ['worker_id', 'job_id'])
      .execute();
    await db.schema
      .createTable('parameter_servers')
      .addColumn('name', 'text', (column) => column.primaryKey())
      .addColumn('memory_bytes', 'bigint', (column) => column.notNull())
      .addColumn('remote_address', 'text')
      .addColumn('heard_at_ms', 'bigint', (column) => column.notNull())
      .execute();
    await db.schema
      .createTable('announcements')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('message', 'text', (column) => column.notNull())
      .addColumn('pauses_work', 'integer', (column) => column.notNull())
      .addColumn('starts_at', 'text', (column) => column.notNull())
      .addColumn('ends_at', 'text')
      .execute();
    for (const [name, type] of [
      ['held_at_ms', 'bigint'],
      ['progressed_at_ms', 'bigint'],
      ['server_bytes', 'bigint'],
      ['flops', 'double precision'],
      ['max_workers', 'integer'],
    ] as const) {
      await db.schema.alterTable('jobs').addColumn(name, type).execute();
    }
  },
};
