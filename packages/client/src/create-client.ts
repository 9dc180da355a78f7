import { type AccountsApi, createAccountsApi } from './accounts.ts';
import { createDatasetsApi, type DatasetsApi } from './datasets.ts';
import { createJobsApi, type JobsApi } from './jobs.ts';
import { createModelsApi, type ModelsApi } from './models.ts';
import { type ClientOptions, createTransport, type Transport } from './transport.ts';

export interface DescentClient {
  readonly accounts: AccountsApi;
  readonly jobs: JobsApi;
  readonly models: ModelsApi;
  readonly datasets: DatasetsApi;
  /** Every route of the api, typed from its OpenAPI document; failures come as values here. */
  readonly http: Transport['http'];
}

/**
 * The public API as functions. Runs on Node 20 and in browsers. Every method throws a DescentError: the one that the
 * service answered with, or UNAVAILABLE when it could not be reached.
 */
export function createClient(options: ClientOptions): DescentClient {
  const transport = createTransport(options);
  return {
    accounts: createAccountsApi(transport),
    jobs: createJobsApi(transport),
    models: createModelsApi(transport),
    datasets: createDatasetsApi(transport),
    http: transport.http,
  };
}
