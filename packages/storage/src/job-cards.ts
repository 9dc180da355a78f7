import type { BestScores, JobCreate, JobState, Progress, Scores } from '@descent/contracts';
import type { Database } from './database/database.ts';
import { type JobParameters, jobParameters } from './job-parameters.ts';
import { parse, parseOrNull, text } from './json.ts';

/** How a job is filed, as one member sees it. */
export interface JobCard {
  readonly owner: { readonly id: string; readonly name: string } | null;
  readonly tags: readonly string[];
  readonly notes: string;
  readonly archivedAt: string | null;
  readonly starred: boolean;
}

export async function insertCard(
  db: Database,
  card: { readonly jobId: string; readonly memberId: string | null; readonly request: JobCreate },
): Promise<void> {
  await db
    .insertInto('job_cards')
    .values({
      job_id: card.jobId,
      member_id: card.memberId,
      tags: '[]',
      notes: '',
      archived_at: null,
      parameters: text(jobParameters(card.request)),
    })
    .execute();
}

/** @param memberId whose stars */
export async function findCards(
  db: Database,
  jobIds: readonly string[],
  memberId: string,
): Promise<Map<string, JobCard>> {
  if (jobIds.length === 0) return new Map();
  const rows = await cardsSeenBy(db, memberId)
    .select(['jobs.id', 'notes', 'archived_at', 'tags', 'job_cards.member_id', 'members.name as member_name'])
    .select('job_stars.member_id as star')
    .where('jobs.id', 'in', jobIds)
    .execute();
  return new Map(
    rows.map((row) => [
      row.id,
      {
        owner: ownerOf(row),
        tags: parse<string[]>(row.tags),
        notes: row.notes,
        archivedAt: row.archived_at,
        starred: row.star !== null,
      },
    ]),
  );
}

export async function changeCard(
  db: Database,
  jobId: string,
  change: {
    readonly tags?: readonly string[];
    readonly notes?: string;
    readonly archivedAt?: string | null;
  },
): Promise<void> {
  const row = {
    ...(change.tags !== undefined && { tags: text(change.tags) }),
    ...(change.notes !== undefined && { notes: change.notes }),
    ...(change.archivedAt !== undefined && { archived_at: change.archivedAt }),
  };
  if (Object.keys(row).length === 0) return;
  await db.updateTable('job_cards').set(row).where('job_id', '=', jobId).execute();
}

export async function setStar(
  db: Database,
  star: { readonly memberId: string; readonly jobId: string },
  starred: boolean,
): Promise<void> {
  const row = { member_id: star.memberId, job_id: star.jobId };
  if (starred) {
    await db
      .insertInto('job_stars')
      .values(row)
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  } else {
    const { memberId, jobId } = star;
    await db.deleteFrom('job_stars').where('member_id', '=', memberId).where('job_id', '=', jobId).execute();
  }
}

export async function renameJob(db: Database, id: string, name: string): Promise<void> {
  await db.updateTable('jobs').set({ name }).where('id', '=', id).execute();
}

/** What a search looks at of a job. */
export interface JobSummary extends JobCard {
  readonly id: string;
  readonly name: string;
  readonly state: JobState;
  readonly team: { readonly id: string; readonly name: string };
  readonly priority: number;
  readonly createdAt: string;
  readonly startedAt: string | null;
  readonly endedAt: string | null;
  readonly datasetId: string;
  readonly progress: Progress;
  readonly latest: Scores | null;
  readonly validation: Scores | null;
  readonly best: BestScores;
  /** Empty unless they were asked for. */
  readonly parameters: JobParameters;
}

export interface SummaryPage {
  /** Left out: of every team. */
  readonly team?: string;
  readonly state?: JobState;
  /** Left out: both. */
  readonly archived?: boolean;
  /** Jobs older than this id (ids sort by time of creation). */
  readonly before?: string;
  readonly limit: number;
  /** Whose stars. */
  readonly memberId: string;
  readonly withParameters: boolean;
}

/** Newest first. */
export async function listSummaries(db: Database, page: SummaryPage): Promise<JobSummary[]> {
  let query = cardsSeenBy(db, page.memberId)
    .innerJoin('teams', 'teams.id', 'jobs.team_id')
    .select([
      'jobs.id',
      'jobs.name',
      'state',
      'jobs.team_id',
      'teams.name as team_name',
      'priority',
      'jobs.created_at',
      'started_at',
      'ended_at',
      'dataset_id',
      'progress',
      'latest',
      'validation',
      'best',
      'job_cards.member_id',
      'members.name as member_name',
      'tags',
      'notes',
      'archived_at',
      'job_stars.member_id as star',
    ])
    .$if(page.withParameters, (selection) => selection.select('parameters'))
    .orderBy('jobs.id', 'desc')
    .limit(page.limit);
  if (page.team !== undefined) query = query.where('jobs.team_id', '=', page.team);
  if (page.state !== undefined) query = query.where('state', '=', page.state);
  if (page.before !== undefined) query = query.where('jobs.id', '<', page.before);
  if (page.archived !== undefined) query = query.where('archived_at', page.archived ? 'is not' : 'is', null);
  return (await query.execute()).map((row) => ({
    id: row.id,
    name: row.name,
    state: row.state,
    team: { id: row.team_id, name: row.team_name },
    priority: row.priority,
    createdAt: row.created_at,
    startedAt: row.started_at,
    endedAt: row.ended_at,
    datasetId: row.dataset_id,
    progress: parse<Progress>(row.progress),
    latest: parseOrNull<Scores>(row.latest),
    validation: parseOrNull<Scores>(row.validation),
    best: parseOrNull<BestScores>(row.best) ?? {},
    parameters: parseOrNull<JobParameters>(row.parameters ?? null) ?? {},
    owner: ownerOf(row),
    tags: parse<string[]>(row.tags),
    notes: row.notes,
    archivedAt: row.archived_at,
    starred: row.star !== null,
  }));
}

function cardsSeenBy(db: Database, memberId: string) {
  return db
    .selectFrom('jobs')
    .innerJoin('job_cards', 'job_cards.job_id', 'jobs.id')
    .leftJoin('members', 'members.id', 'job_cards.member_id')
    .leftJoin('job_stars', (join) =>
      join.onRef('job_stars.job_id', '=', 'jobs.id').on('job_stars.member_id', '=', memberId),
    );
}

function ownerOf(row: { readonly member_id: string | null; readonly member_name: string | null }) {
  return row.member_id === null || row.member_name === null
    ? null
    : { id: row.member_id, name: row.member_name };
}
