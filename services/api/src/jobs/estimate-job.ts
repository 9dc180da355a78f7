import type { Estimate } from '@descent/contracts';
import { findTeam, type JobRecord } from '@descent/storage';
import type { Context } from '../context.ts';

/** What a job would need on the workers that are there; `maxWorkers` of them may serve it. */
export async function estimateJob(
  { db, books }: Context,
  job: JobRecord,
  maxWorkers: number,
): Promise<Estimate> {
  const { workers: present, servers } = await books.cluster();
  const speed = await books.speed();
  const { flopsPerStep, steps, serverMemoryBytes } = job.price;
  const workers = Math.min(maxWorkers, present.length);
  const stepSeconds = speed === null || workers === 0 ? null : flopsPerStep / speed / workers;
  const workerSeconds = speed === null ? null : (flopsPerStep * steps) / speed;
  const budget = (await findTeam(db, job.teamId))?.budgetWorkerSeconds ?? null;
  const outlook = await books.outlookWith({
    ...job,
    workers: 0,
    etaSeconds: null,
    done: 0,
    heldAtMs: null,
    progressedAtMs: null,
    serverBytes: serverMemoryBytes,
    flops: flopsPerStep * steps,
    maxWorkers,
  });
  const left = budget === null ? null : Math.max(0, budget - books.spent(job.teamId));
  return {
    workers,
    stepSeconds,
    workerSeconds,
    budgetLeftWorkerSeconds: left,
    fitsBudget: left === null || workerSeconds === null ? left !== 0 : workerSeconds <= left,
    fitsMemory: servers.some(({ memoryBytes }) => memoryBytes >= serverMemoryBytes),
    waiting: (await outlook.waiting(job.id))!,
    estimatedFinish: await outlook.estimatedFinish(job.id),
  };
}
