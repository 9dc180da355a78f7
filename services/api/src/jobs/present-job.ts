import { isTable, type Job } from '@descent/contracts';
import { type Database, findTiming, type JobRecord, latestEvent, queuedJobIds } from '@descent/storage';

/** Jobs as the API shows them. */
export async function presentJobs(db: Database, jobs: readonly JobRecord[]): Promise<Job[]> {
  const line = jobs.some((job) => job.state === 'queued') ? await queuedJobIds(db) : [];
  const positions = new Map(line.map((id, position) => [id, position]));
  return Promise.all(
    jobs.map(async (job) => ({
      ...present(job, positions.get(job.id) ?? null),
      ...(await tablesOf(db, job)),
      ...(await timingOf(db, job)),
    })),
  );
}

export async function presentJob(db: Database, job: JobRecord): Promise<Job> {
  const [presented] = await presentJobs(db, [job]);
  return presented as Job;
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

function present(job: JobRecord, queuePosition: number | null): Job {
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
    receipt: {
      graphHash: job.graphHash,
      datasetHash: job.datasetHash,
      numericsClass: job.numericsClass,
      ledgerHash: job.ledgerHash,
      weightsHash: job.weightsHash,
    },
    error: job.error,
    queuePosition,
  };
}
