import type { Migration } from './migration.ts';

export const foundation: Migration = {
  name: '0001-foundation',
  async up(db) {
    await db.schema
      .createTable('jobs')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('name', 'text', (column) => column.notNull())
      .addColumn('state', 'text', (column) => column.notNull())
      .addColumn('wanted', 'text', (column) => column.notNull())
      .addColumn('reason', 'text', (column) => column.notNull())
      .addColumn('created_at', 'text', (column) => column.notNull())
      .addColumn('started_at', 'text')
      .addColumn('ended_at', 'text')
      .addColumn('queued_at_ms', 'bigint', (column) => column.notNull())
      .addColumn('incarnation', 'integer', (column) => column.notNull())
      .addColumn('server', 'text')
      .addColumn('heard_at_ms', 'bigint')
      .addColumn('report_serial', 'bigint', (column) => column.notNull())
      .addColumn('dataset_id', 'text', (column) => column.notNull())
      .addColumn('progress', 'text', (column) => column.notNull())
      .addColumn('latest', 'text')
      .addColumn('validation', 'text')
      .addColumn('graph_hash', 'text', (column) => column.notNull())
      .addColumn('dataset_hash', 'text', (column) => column.notNull())
      .addColumn('numerics_class', 'text')
      .addColumn('ledger_hash', 'text')
      .addColumn('weights_hash', 'text')
      .addColumn('error', 'text')
      .execute();
    await db.schema
      .createIndex('jobs_by_state')
      .on('jobs')
      .columns(['state', 'queued_at_ms', 'id'])
      .execute();
    await db.schema.createIndex('jobs_by_dataset').on('jobs').columns(['dataset_id']).execute();

    await db.schema
      .createTable('job_plans')
      .addColumn('job_id', 'text', (column) => column.primaryKey().references('jobs.id').onDelete('cascade'))
      .addColumn('request', 'text', (column) => column.notNull())
      .addColumn('price', 'text', (column) => column.notNull())
      .addColumn('layers', 'text', (column) => column.notNull())
      .addColumn('plan', 'text', (column) => column.notNull())
      .execute();

    await db.schema
      .createTable('job_events')
      .addColumn('job_id', 'text', (column) => column.notNull().references('jobs.id').onDelete('cascade'))
      .addColumn('sequence', 'integer', (column) => column.notNull())
      .addColumn('time', 'text', (column) => column.notNull())
      .addColumn('type', 'text', (column) => column.notNull())
      .addColumn('message', 'text', (column) => column.notNull())
      .addColumn('data', 'text', (column) => column.notNull())
      .addPrimaryKeyConstraint('job_events_key', ['job_id', 'sequence'])
      .execute();

    await db.schema
      .createTable('metric_points')
      .addColumn('job_id', 'text', (column) => column.notNull().references('jobs.id').onDelete('cascade'))
      .addColumn('sequence', 'integer', (column) => column.notNull())
      .addColumn('step', 'integer', (column) => column.notNull())
      .addColumn('split', 'text', (column) => column.notNull())
      .addColumn('epoch', 'double precision', (column) => column.notNull())
      .addColumn('scores', 'text', (column) => column.notNull())
      .addColumn('time', 'text', (column) => column.notNull())
      .addPrimaryKeyConstraint('metric_points_key', ['job_id', 'sequence'])
      .addUniqueConstraint('metric_points_once', ['job_id', 'step', 'split'])
      .execute();

    await db.schema
      .createTable('checkpoints')
      .addColumn('job_id', 'text', (column) => column.notNull().references('jobs.id').onDelete('cascade'))
      .addColumn('step', 'integer', (column) => column.notNull())
      .addColumn('hash', 'text', (column) => column.notNull())
      .addColumn('bytes', 'bigint', (column) => column.notNull())
      .addColumn('created_at', 'text', (column) => column.notNull())
      .addColumn('validation', 'text')
      .addPrimaryKeyConstraint('checkpoints_key', ['job_id', 'step'])
      .execute();

    await db.schema
      .createTable('datasets')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('name', 'text', (column) => column.notNull())
      .addColumn('state', 'text', (column) => column.notNull())
      .addColumn('created_at', 'text', (column) => column.notNull())
      .addColumn('manifest', 'text')
      .addColumn('error', 'text')
      .execute();

    await db.schema
      .createTable('tokens')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('name', 'text', (column) => column.notNull())
      .addColumn('hash', 'text', (column) => column.notNull().unique())
      .addColumn('created_at', 'text', (column) => column.notNull())
      .addColumn('revoked_at', 'text')
      .execute();

    await db.schema
      .createTable('artifacts')
      .addColumn('hash', 'text', (column) => column.notNull())
      .addColumn('owner', 'text', (column) => column.notNull())
      .addColumn('bytes', 'bigint', (column) => column.notNull())
      .addColumn('created_at', 'text', (column) => column.notNull())
      .addPrimaryKeyConstraint('artifacts_key', ['hash', 'owner'])
      .execute();
    await db.schema.createIndex('artifacts_by_owner').on('artifacts').columns(['owner']).execute();

    await db.schema
      .createTable('idempotency_keys')
      .addColumn('token_id', 'text', (column) => column.notNull())
      .addColumn('key', 'text', (column) => column.notNull())
      .addColumn('request_hash', 'text', (column) => column.notNull())
      .addColumn('job_id', 'text', (column) => column.notNull().references('jobs.id').onDelete('cascade'))
      .addColumn('created_at', 'text', (column) => column.notNull())
      .addPrimaryKeyConstraint('idempotency_keys_key', ['token_id', 'key'])
      .execute();
  },
};
