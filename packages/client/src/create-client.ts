import type { JobCreate } from '@descent/contracts';
import { type AccountsApi, createAccountsApi } from './accounts.ts';
import { type ClusterApi, createClusterApi } from './cluster.ts';
import { createDatasetsApi, type DatasetsApi } from './datasets.ts';
import { createJobHandle, type JobHandle } from './job-handle.ts';
import { type CallOptions, createJobsApi, type JobsApi } from './jobs.ts';
import { createModelsApi, type ModelsApi } from './models.ts';
import { type ClientOptions, createTransport, type Transport } from './transport.ts';
import { createWebhooksApi, type WebhooksApi } from './webhooks.ts';

export interface DescentClient {
  /** Submits a training job and gives the job itself: `for await (const point of job.metrics())`. */
  submit(request: JobCreate, options?: Parameters<JobsApi['create']>[1]): Promise<JobHandle>;
  /** The job of that id. */
  job(id: string, options?: CallOptions): Promise<JobHandle>;
  readonly accounts: AccountsApi;
  readonly cluster: ClusterApi;
  readonly jobs: JobsApi;
  readonly models: ModelsApi;
  readonly datasets: DatasetsApi;
  readonly webhooks: WebhooksApi;
  /** Every route of the api, typed from its OpenAPI document; failures come as values here. */
  readonly http: Transport['http'];
}

/**
 * The public API as functions. Runs on Node 20 and in browsers. Every method throws a DescentError: the one that the
 * service answered with, or UNAVAILABLE when it could not be reached.
 */
export function createClient(options: ClientOptions): DescentClient {
  const transport = createTransport(options);
  const jobs = createJobsApi(transport);
  return {
    submit: async (request, call) => createJobHandle(jobs, await jobs.create(request, call)),
    job: async (id, call) => createJobHandle(jobs, await jobs.get(id, call)),
    accounts: createAccountsApi(transport),
    cluster: createClusterApi(transport),
    jobs,
    models: createModelsApi(transport),
    datasets: createDatasetsApi(transport),
    webhooks: createWebhooksApi(transport),
    http: transport.http,
  };
}
