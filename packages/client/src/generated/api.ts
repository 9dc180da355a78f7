import type { Checkpoint, Dataset, DatasetCreate, Job, JobCreate, JobEvent, JobState, MetricPoint } from '@descent/contracts';

interface Json<Body> { headers: Record<string, unknown>; content: { 'application/json': Body } }
interface Answer<Status extends number, Body> { parameters: Params; requestBody?: never; responses: { [S in Status]: Json<Body> } }
interface Params { query?: never; header?: never; path?: never; cookie?: never }
interface ById { query?: never; header?: never; path: { id: string }; cookie?: never }
interface Action { parameters: ById; requestBody?: never; responses: { 200: Json<Job> } }
interface Page { query?: { after?: number; limit?: number }; header?: never; path: { id: string }; cookie?: never }

export interface paths {
  '/v1/jobs': {
    parameters: Params;
    get: { parameters: { query?: { state?: JobState; limit?: number; cursor?: string } }; responses: { 200: Json<{ jobs: Job[]; nextCursor: string | null }> } };
    post: {
      parameters: { query?: { dryRun?: boolean }; header?: { 'idempotency-key'?: string } };
      requestBody: { content: { 'application/json': JobCreate } };
      responses: { 201: Json<Job>; 200: Json<Job> };
    };
  };
  '/v1/jobs/{id}': { parameters: Params; get: Action };
  '/v1/jobs/{id}/cancel': { parameters: Params; post: Action };
  '/v1/jobs/{id}/pause': { parameters: Params; post: Action };
  '/v1/jobs/{id}/resume': { parameters: Params; post: Action };
  '/v1/jobs/{id}/metrics': { parameters: Params; get: { parameters: Page; responses: { 200: Json<{ metrics: MetricPoint[] }> } } };
  '/v1/jobs/{id}/events': { parameters: Params; get: { parameters: Page; responses: { 200: Json<{ events: JobEvent[] }> } } };
  '/v1/jobs/{id}/checkpoints': { parameters: Params; get: { parameters: ById; responses: { 200: Json<{ checkpoints: Checkpoint[] }> } } };
  '/v1/jobs/{id}/weights': { parameters: Params; get: { parameters: ById; responses: { 200: { headers: Record<string, unknown>; content: { 'application/octet-stream': string } } } } };
  '/v1/datasets': {
    parameters: Params;
    get: Answer<200, { datasets: Dataset[] }>;
    post: { parameters: Params; requestBody: { content: { 'application/json': DatasetCreate } }; responses: { 201: Json<Dataset> } };
  };
  '/v1/datasets/{id}': { parameters: Params; get: { parameters: ById; responses: { 200: Json<Dataset> } } };
}
