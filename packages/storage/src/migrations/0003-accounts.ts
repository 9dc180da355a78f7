import { sql } from 'kysely';
import { defaultTeamId } from '../teams.ts';
import type { Migration } from './migration.ts';

const bootstrapMemberId = 'mem_00000000000000000000000000';

/** Teams own everything. What was there before goes to the team "default", whose tokens become those of its staff. */
export const accounts: Migration = {
  name: '0003-accounts',
  async up(db) {
    await db.schema
      .createTable('teams')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('name', 'text', (column) => column.notNull().unique())
      .addColumn('created_at', 'text', (column) => column.notNull())
      .addColumn('weight', 'double precision', (column) => column.notNull())
      .addColumn('running_limit', 'integer')
      .addColumn('budget_worker_seconds', 'double precision')
      .addColumn('stored_bytes_limit', 'bigint')
      .addColumn('due_at', 'text')
      .addColumn('paused', 'integer', (column) => column.notNull())
      .execute();

    await db.schema
      .createTable('members')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('team_id', 'text', (column) => column.notNull().references('teams.id'))
      .addColumn('name', 'text', (column) => column.notNull())
      .addColumn('email', 'text')
      .addColumn('role', 'text', (column) => column.notNull())
      .addColumn('created_at', 'text', (column) => column.notNull())
      .addColumn('removed_at', 'text')
      .execute();
    await db.schema.createIndex('members_by_team').on('members').columns(['team_id']).execute();

    await db.schema
      .createTable('invites')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('team_id', 'text', (column) => column.notNull().references('teams.id'))
      .addColumn('hash', 'text', (column) => column.notNull().unique())
      .addColumn('role', 'text', (column) => column.notNull())
      .addColumn('name', 'text')
      .addColumn('email', 'text')
      .addColumn('uses_left', 'integer', (column) => column.notNull())
      .addColumn('created_at', 'text', (column) => column.notNull())
      .addColumn('expires_at', 'text', (column) => column.notNull())
      .execute();
    await db.schema.createIndex('invites_by_team').on('invites').columns(['team_id']).execute();

    await db.schema
      .createTable('audit')
      .addColumn('request_id', 'text', (column) => column.primaryKey())
      .addColumn('time', 'text', (column) => column.notNull())
      .addColumn('action', 'text', (column) => column.notNull())
      .addColumn('object', 'text')
      .addColumn('team_id', 'text')
      .addColumn('member_id', 'text')
      .addColumn('token_id', 'text')
      .addColumn('status', 'integer', (column) => column.notNull())
      .execute();

    const created_at = new Date().toISOString();
    await db
      .insertInto('teams')
      .values({ id: defaultTeamId, name: 'default', created_at, weight: 1, paused: 0 })
      .execute();

    await db.schema.alterTable('tokens').addColumn('member_id', 'text').execute();
    await db.schema
      .alterTable('tokens')
      .addColumn('scopes', 'text', (column) => column.notNull().defaultTo('read submit manage'))
      .execute();
    await db.schema.alterTable('tokens').addColumn('lent_to', 'text').execute();
    await db.schema.alterTable('tokens').addColumn('expires_at', 'text').execute();
    await db.schema.alterTable('tokens').addColumn('last_used_at', 'text').execute();
    const tokens = await db.selectFrom('tokens').select('id').limit(1).execute();
    if (tokens.length > 0) {
      await db
        .insertInto('members')
        .values({
          id: bootstrapMemberId,
          team_id: defaultTeamId,
          name: 'staff',
          role: 'staff',
          created_at,
        })
        .execute();
      await db.updateTable('tokens').set({ member_id: bootstrapMemberId }).execute();
    }

    for (const table of ['jobs', 'models'] as const) {
      await db.schema
        .alterTable(table)
        .addColumn('team_id', 'text', (column) => column.notNull().defaultTo(defaultTeamId))
        .execute();
      await db.schema.createIndex(`${table}_by_team`).on(table).columns(['team_id', 'id']).execute();
    }
    await db.schema
      .alterTable('jobs')
      .addColumn('priority', 'integer', (column) => column.notNull().defaultTo(0))
      .execute();
    // Built-in data sets are everybody's.
    await db.schema.alterTable('datasets').addColumn('team_id', 'text').execute();
    await db.schema.createIndex('datasets_by_team').on('datasets').columns(['team_id', 'id']).execute();
    await db
      .updateTable('datasets')
      .set({ team_id: defaultTeamId })
      .where(sql<boolean>`id not like 'builtin:%'`)
      .execute();
  },
};
