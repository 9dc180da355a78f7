import type { DescentClient } from '@descent/client';
import type { Job, JobEvent, JobState } from '@descent/contracts';

/** Resolves with the first event that fits, from the first event of the job on. */
export async function whenJobEvent(
  client: DescentClient,
  id: string,
  fits: (event: JobEvent) => boolean,
  options: { readonly timeoutMs?: number; readonly after?: number } = {},
): Promise<JobEvent> {
  const { timeoutMs = 60_000, after } = options;
  const signal = AbortSignal.timeout(timeoutMs);
  for await (const event of client.jobs.events(id, { signal, ...(after !== undefined && { after }) })) {
    if (fits(event)) return event;
  }
  throw new Error(`job ${id} ended (${(await client.jobs.get(id)).state}) without the event`);
}

/** Resolves with the job as soon as it is, or has ended, in this state. */
export async function whenJobState(
  client: DescentClient,
  id: string,
  state: JobState,
  options: { readonly timeoutMs?: number } = {},
): Promise<Job> {
  const signal = AbortSignal.timeout(options.timeoutMs ?? 120_000);
  let job = await client.jobs.get(id, { signal });
  if (job.state === state) return job;
  for await (const event of client.jobs.events(id, { signal })) {
    if (event.type !== 'state') continue;
    job = await client.jobs.get(id, { signal });
    if (job.state === state) return job;
  }
  job = await client.jobs.get(id, { signal });
  if (job.state === state) return job;
  throw new Error(`job ${id} ended as ${job.state}: ${job.reason}`);
}

/** Resolves when the job has applied at least this many updates. */
export async function whenStep(
  client: DescentClient,
  id: string,
  step: number,
  options: { readonly timeoutMs?: number } = {},
): Promise<number> {
  const signal = AbortSignal.timeout(options.timeoutMs ?? 120_000);
  for await (const point of client.jobs.metrics(id, { signal })) if (point.step >= step) return point.step;
  throw new Error(`job ${id} ended before step ${step}`);
}
