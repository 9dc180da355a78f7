import type { Checkpoint, ForkRequest, Job, JobEdit, JobEvent, MetricPoint } from '@descent/contracts';
import type { FollowOptions } from './follow.ts';
import type { CallOptions, JobsApi } from './jobs.ts';

/** A job, with what can be done with it. `info` is the job as it was when it was last read. */
export interface JobHandle {
  readonly id: string;
  readonly info: Job;
  refresh(options?: CallOptions): Promise<Job>;
  /** Every metric point once and in order, as they are measured, to the end of the job. */
  metrics(options?: FollowOptions): AsyncGenerator<MetricPoint, void, undefined>;
  events(options?: FollowOptions): AsyncGenerator<JobEvent, void, undefined>;
  /** Resolves when the job has succeeded, failed or been cancelled; a failed job is no error here. */
  ended(options?: Omit<FollowOptions, 'after'>): Promise<Job>;
  cancel(options?: CallOptions): Promise<Job>;
  pause(options?: CallOptions): Promise<Job>;
  resume(options?: CallOptions): Promise<Job>;
  edit(edit: JobEdit, options?: CallOptions): Promise<Job>;
  /** A new job that goes on from a checkpoint of this one. */
  fork(request?: ForkRequest, options?: Parameters<JobsApi['fork']>[2]): Promise<JobHandle>;
  checkpoints(options?: CallOptions): Promise<Checkpoint[]>;
  predict(...args: Tail<Parameters<JobsApi['predict']>>): ReturnType<JobsApi['predict']>;
  explain(...args: Tail<Parameters<JobsApi['explain']>>): ReturnType<JobsApi['explain']>;
  downloadWeights(options?: CallOptions): ReturnType<JobsApi['downloadWeights']>;
  exportModel(...args: Tail<Parameters<JobsApi['exportModel']>>): ReturnType<JobsApi['exportModel']>;
}

type Tail<List extends unknown[]> = List extends [unknown, ...infer Rest] ? Rest : never;

export function createJobHandle(jobs: JobsApi, job: Job): JobHandle {
  const { id } = job;
  let info = job;
  const keep = async (read: Promise<Job>) => {
    info = await read;
    return info;
  };
  return {
    id,
    get info() {
      return info;
    },
    refresh: (options) => keep(jobs.get(id, options)),
    metrics: (options) => jobs.metrics(id, options),
    events: (options) => jobs.events(id, options),
    ended: (options) => keep(jobs.waitUntilEnded(id, options)),
    cancel: (options) => keep(jobs.cancel(id, options)),
    pause: (options) => keep(jobs.pause(id, options)),
    resume: (options) => keep(jobs.resume(id, options)),
    edit: (edit, options) => keep(jobs.edit(id, edit, options)),
    fork: async (request, options) => createJobHandle(jobs, await jobs.fork(id, request, options)),
    checkpoints: (options) => jobs.checkpoints(id, options),
    predict: (...args) => jobs.predict(id, ...args),
    explain: (...args) => jobs.explain(id, ...args),
    downloadWeights: (options) => jobs.downloadWeights(id, options),
    exportModel: (...args) => jobs.exportModel(id, ...args),
  };
}
