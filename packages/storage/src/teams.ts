import type { Team, TeamSettings } from '@descent/contracts';
import { type Selectable, sql } from 'kysely';
import type { Database } from './database/database.ts';
import type { TeamsTable } from './database/tables.ts';

/** Owner of everything that was there before there were teams; staff belong to it unless they are invited elsewhere. */
export const defaultTeamId = 'team_00000000000000000000000000';

export interface TeamRecord extends TeamSettings {
  readonly id: string;
  readonly name: string;
  readonly createdAt: string;
}

export const defaultTeamSettings: TeamSettings = {
  weight: 1,
  runningLimit: null,
  budgetWorkerSeconds: null,
  storedBytesLimit: null,
  dueAt: null,
  paused: false,
};

/** Whether the name was free. */
export async function insertTeam(db: Database, team: TeamRecord): Promise<boolean> {
  const result = await db
    .insertInto('teams')
    .values({ id: team.id, name: team.name, created_at: team.createdAt, ...toRow(team) })
    .onConflict((conflict) => conflict.column('name').doNothing())
    .executeTakeFirst();
  return result.numInsertedOrUpdatedRows === 1n;
}

export async function findTeam(db: Database, id: string): Promise<TeamRecord | null> {
  const row = await db.selectFrom('teams').selectAll().where('id', '=', id).executeTakeFirst();
  return row === undefined ? null : fromRow(row);
}

export async function findTeamByName(db: Database, name: string): Promise<TeamRecord | null> {
  const row = await db.selectFrom('teams').selectAll().where('name', '=', name).executeTakeFirst();
  return row === undefined ? null : fromRow(row);
}

/** By name. */
export async function listTeams(db: Database): Promise<TeamRecord[]> {
  const rows = await db.selectFrom('teams').selectAll().orderBy('name').execute();
  return rows.map(fromRow);
}

export async function changeTeam(
  db: Database,
  id: string,
  change: Partial<TeamSettings> & { readonly name?: string },
): Promise<void> {
  const set = { ...toRow(change), ...(change.name === undefined ? {} : { name: change.name }) };
  if (Object.keys(set).length > 0) await db.updateTable('teams').set(set).where('id', '=', id).execute();
}

/** What a team's members and files come to; teams without either are left out. */
export async function teamTotals(db: Database): Promise<Map<string, Pick<Team, 'members' | 'storedBytes'>>> {
  const members = await db
    .selectFrom('members')
    .select((builder) => ['team_id', builder.fn.countAll<number>().as('count')])
    .where('removed_at', 'is', null)
    .groupBy('team_id')
    .execute();
  const stored = await storedBytesByTeam(db);
  const teams = new Set([...members.map((row) => row.team_id), ...stored.keys()]);
  const counts = new Map(members.map((row) => [row.team_id, Number(row.count)]));
  return new Map(
    [...teams].map((team) => [team, { members: counts.get(team) ?? 0, storedBytes: stored.get(team) ?? 0 }]),
  );
}

/** Bytes of the files that each team's jobs, data sets and models hold. A file held twice counts twice. */
export async function storedBytesByTeam(db: Database): Promise<Map<string, number>> {
  const { rows } = await sql<{ team: string; bytes: number }>`
    select owned.team_id as team, sum(artifacts.bytes) as bytes
    from artifacts
    join (
      select id, team_id from jobs
      union all select id, team_id from datasets
      union all select id, team_id from models
    ) as owned on owned.id = artifacts.owner
    where owned.team_id is not null
    group by owned.team_id`.execute(db);
  return new Map(rows.map(({ team, bytes }) => [team, Number(bytes)]));
}

function toRow(settings: Partial<TeamSettings>) {
  return {
    ...(settings.weight === undefined ? {} : { weight: settings.weight }),
    ...(settings.runningLimit === undefined ? {} : { running_limit: settings.runningLimit }),
    ...(settings.budgetWorkerSeconds === undefined
      ? {}
      : { budget_worker_seconds: settings.budgetWorkerSeconds }),
    ...(settings.storedBytesLimit === undefined ? {} : { stored_bytes_limit: settings.storedBytesLimit }),
    ...(settings.dueAt === undefined ? {} : { due_at: settings.dueAt }),
    ...(settings.paused === undefined ? {} : { paused: settings.paused ? 1 : 0 }),
  } as Required<Pick<TeamsTable, 'weight' | 'paused'>> & Partial<TeamsTable>;
}

function fromRow(row: Selectable<TeamsTable>): TeamRecord {
  return {
    id: row.id,
    name: row.name,
    createdAt: row.created_at,
    weight: row.weight,
    runningLimit: row.running_limit,
    budgetWorkerSeconds: row.budget_worker_seconds,
    storedBytesLimit: row.stored_bytes_limit === null ? null : Number(row.stored_bytes_limit),
    dueAt: row.due_at,
    paused: row.paused === 1,
  };
}
