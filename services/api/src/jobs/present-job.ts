import { isTable, type Job, type Waiting } from '@descent/contracts';
import {
  type Database,
  findCards,
  findSparklines,
  findTiming,
  type JobCard,
  type JobRecord,
  latestEvent,
  listQuarantined,
  type TokenRecord,
} from '@descent/storage';
import type { Context } from '../context.ts';
import { isHeld } from './job-state.ts';

/** Jobs as the API shows them to a caller. */
export async function presentJobs(
  { db, books }: Context,
  jobs: readonly JobRecord[],
  caller: TokenRecord,
): Promise<Job[]> {
  const ids = jobs.map(({ id }) => id);
  const cards = await findCards(db, ids, caller.memberId);
  const isOpen = (job: JobRecord) => job.state === 'queued' || isHeld(job.state);
  const outlook = jobs.some(isOpen) ? (await books.situation()).outlook : null;
  const sparklines = await findSparklines(db, ids);
  return Promise.all(
    jobs.map(async (job) => ({
      ...present(job, job.state === 'queued' ? ((await outlook?.waiting(job.id)) ?? null) : null),
      ...presentCard(cards.get(job.id)),
      estimatedFinish: isOpen(job) ? ((await outlook?.estimatedFinish(job.id)) ?? null) : null,
      ...(await tablesOf(db, job)),
      ...(await timingOf(db, job)),
      ...(sparklines.has(job.id) && { sparkline: sparklines.get(job.id)! }),
      ...(job.request.audit === undefined ? {} : { quarantined: await listQuarantined(db, job.id) }),
    })),
  );
}

export async function presentJob(context: Context, job: JobRecord, caller: TokenRecord): Promise<Job> {
  const [presented] = await presentJobs(context, [job], caller);
  return presented as Job;
}

/** Of a job that was priced only, there is none. */
function presentCard(
  card: JobCard | undefined,
): Pick<Job, 'owner' | 'tags' | 'notes' | 'starred' | 'archivedAt'> {
  return card === undefined ? {} : { ...card, tags: [...card.tags] };
}

/** They stand in the event of the evaluation alone. */
async function tablesOf(db: Database, job: JobRecord): Promise<Pick<Job, 'tables'>> {
  if (job.validation === null || !(job.request.model.metrics ?? []).some(isTable)) return {};
  const event = await latestEvent(db, job.id, 'evaluated');
  const tables = event?.data.tables as Job['tables'];
  return tables === undefined ? {} : { tables };
}

async function timingOf(db: Database, { id }: JobRecord): Promise<Pick<Job, 'timing'>> {
  const timing = await findTiming(db, id);
  return timing === null ? {} : { timing };
}

function present(job: JobRecord, waiting: Waiting | null): Job {
  return {
    id: job.id,
    name: job.name,
    state: job.state,
    reason: job.reason,
    createdAt: job.createdAt,
    startedAt: job.startedAt,
    endedAt: job.endedAt,
    incarnation: job.incarnation,
    request: job.request,
    price: job.price,
    layers: [...job.layers],
    progress: job.progress,
    latest: job.latest,
    validation: job.validation,
    best: job.best,
    receipt: {
      graphHash: job.graphHash,
      datasetHash: job.datasetHash,
      numericsClass: job.numericsClass,
      ledgerHash: job.ledgerHash,
      weightsHash: job.weightsHash,
    },
    error: job.error,
    queuePosition: waiting === null ? null : waiting.ahead,
    team: job.teamId,
    priority: job.priority,
    waiting,
  };
}
