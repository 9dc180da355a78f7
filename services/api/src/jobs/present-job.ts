import type { Job } from '@descent/contracts';
import { type Database, type JobRecord, queuedJobIds } from '@descent/storage';

/** Jobs as the API shows them. */
export async function presentJobs(db: Database, jobs: readonly JobRecord[]): Promise<Job[]> {
  const line = jobs.some((job) => job.state === 'queued') ? await queuedJobIds(db) : [];
  const positions = new Map(line.map((id, position) => [id, position]));
  return jobs.map((job) => present(job, positions.get(job.id) ?? null));
}

export async function presentJob(db: Database, job: JobRecord): Promise<Job> {
  const [presented] = await presentJobs(db, [job]);
  return presented as Job;
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
