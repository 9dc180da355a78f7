import type { JobState, ModelFormat } from '@descent/contracts';

/** Only types that SQLite and Postgres share: text, integer (64 bit), real. Times are ISO 8601 text (they sort) or milliseconds where they are compared with a clock. JSON is text. */
export interface JobsTable {
  id: string;
  name: string;
  state: JobState;
  /** What the user asked the parameter server for: `run`, `pause`, `cancel`. */
  wanted: WantedState;
  reason: string;
  created_at: string;
  started_at: string | null;
  ended_at: string | null;
  /** Place in the line: milliseconds of the last change to `queued`. */
  queued_at_ms: number;
  incarnation: number;
  /** Name of the parameter server that holds the job. */
  server: string | null;
  heard_at_ms: number | null;
  /** Last stored report of this incarnation; −1 before the first. */
  report_serial: number;
  dataset_id: string;
  progress: string;
  latest: string | null;
  validation: string | null;
  graph_hash: string;
  dataset_hash: string;
  numerics_class: string | null;
  ledger_hash: string | null;
  weights_hash: string | null;
  error: string | null;
}

/** What never changes. Apart from `jobs`, whose row is written five times a second: SQLite writes rows as a whole. */
export interface JobPlansTable {
  job_id: string;
  request: string;
  price: string;
  layers: string;
  plan: string;
}
export type WantedState = 'run' | 'pause' | 'cancel';

export interface JobEventsTable {
  job_id: string;
  sequence: number;
  time: string;
  type: string;
  message: string;
  data: string;
}

export interface MetricPointsTable {
  job_id: string;
  sequence: number;
  step: number;
  split: 'train' | 'validation';
  epoch: number;
  scores: string;
  time: string;
}

export interface CheckpointsTable {
  job_id: string;
  step: number;
  hash: string;
  bytes: number;
  created_at: string;
  validation: string | null;
}

export interface DatasetsTable {
  id: string;
  name: string;
  state: 'empty' | 'ingesting' | 'ready' | 'failed';
  created_at: string;
  manifest: string | null;
  error: string | null;
}

export interface ModelsTable {
  id: string;
  name: string;
  format: ModelFormat;
  /** Who imported it. */
  token_id: string;
  created_at: string;
  parameters: number;
  weights_hash: string | null;
  topology: string;
}

export interface TokensTable {
  id: string;
  name: string;
  /** SHA-256 of the token, lower-case hex. */
  hash: string;
  created_at: string;
  revoked_at: string | null;
}

/** Who holds which artifact file. A file without a row belongs to nobody and may be deleted. */
export interface ArtifactsTable {
  hash: string;
  /** A job, data set or model id; `<job>/initial` for the weights that a job starts from. */
  owner: string;
  bytes: number;
  created_at: string;
}

export interface IdempotencyKeysTable {
  token_id: string;
  key: string;
  /** SHA-256 of the request it came with. */
  request_hash: string;
  job_id: string;
  created_at: string;
}

export interface MigrationsTable {
  name: string;
  applied_at: string;
}

export interface Tables {
  jobs: JobsTable;
  job_plans: JobPlansTable;
  job_events: JobEventsTable;
  metric_points: MetricPointsTable;
  checkpoints: CheckpointsTable;
  datasets: DatasetsTable;
  models: ModelsTable;
  tokens: TokensTable;
  artifacts: ArtifactsTable;
  idempotency_keys: IdempotencyKeysTable;
  migrations: MigrationsTable;
}
