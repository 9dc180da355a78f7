import type { JobState, ModelFormat, Role } from '@descent/contracts';

/**
 * Only types that SQLite and Postgres share: text, integer (32 bit; `bigint` for bytes and milliseconds), double precision.
 * Times are ISO 8601 text (they sort) or milliseconds where they are compared with a clock. JSON is text, booleans are 0
 * and 1, and what is larger than a row is an artifact: no column holds bytes.
 */
export interface JobsTable {
  id: string;
  team_id: string;
  /** Among the jobs of its team; higher goes first. */
  priority: number;
  name: string;
  state: JobState;
  /** What the parameter server is asked for. */
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
  best: string | null;
  graph_hash: string;
  dataset_hash: string;
  numerics_class: string | null;
  ledger_hash: string | null;
  weights_hash: string | null;
  error: string | null;
  /** Since when a parameter server has it; null: none has. */
  held_at_ms: number | null;
  /** When it last applied an update in the hands of its present server. */
  progressed_at_ms: number | null;
  /** Of its price, for admission. */
  server_bytes: number | null;
  /** Of the whole job. */
  flops: number | null;
  max_workers: number | null;
}

export interface QuarantinedWorkersTable {
  job_id: string;
  worker: string;
  step: number;
  micro_batch: number;
  since: number | null;
  time: string;
}

/** What never changes. Apart from `jobs`, whose row is written five times a second: SQLite writes rows as a whole. */
export interface JobPlansTable {
  job_id: string;
  request: string;
  price: string;
  layers: string;
  plan: string;
}

/** How people file a job. Apart from `jobs`, whose row is written five times a second. */
export interface JobCardsTable {
  job_id: string;
  /** Who submitted it; null: before members were known. */
  member_id: string | null;
  /** A JSON array. */
  tags: string;
  notes: string;
  archived_at: string | null;
  /** JSON: what the request sets, by its path (`training.optimizer.learningRate`). Never changes. */
  parameters: string;
}

export interface JobStarsTable {
  member_id: string;
  job_id: string;
}

/** `yield`: back into the line, with a checkpoint. */
export type WantedState = 'run' | 'pause' | 'cancel' | 'yield';

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

/** Written with every report; apart from `jobs` so that lists of jobs stay small. */
export interface JobTimingsTable {
  job_id: string;
  timing: string;
}

/** The latest steps of a job, written every few seconds. */
export interface JobTracesTable {
  job_id: string;
  trace: string;
}

/** How the layers of a job moved: a row for each step at which they were measured. */
export interface LayerPointsTable {
  job_id: string;
  step: number;
  epoch: number;
  snapshot: string;
}

/** Losses at even steps, for the rows of lists. Apart from `jobs`, whose row is written with every report. */
export interface SparklinesTable {
  job_id: string;
  losses: string;
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
  /** null: everybody's (built in). */
  team_id: string | null;
  name: string;
  state: 'empty' | 'ingesting' | 'ready' | 'failed';
  created_at: string;
  manifest: string | null;
  error: string | null;
  /** Counted per name, from 1. */
  version: number;
  /** Of the shards. */
  bytes: number;
  report: string | null;
}

/** A file of a data set that comes in pieces; what has arrived is the length of the file `id` in the uploads folder. */
export interface UploadsTable {
  id: string;
  dataset_id: string;
  name: string;
  split: string | null;
  format: string | null;
  /** Of the whole file. */
  bytes: number;
  created_at: string;
}

export interface ModelsTable {
  id: string;
  team_id: string;
  name: string;
  format: ModelFormat;
  /** Who imported it. */
  token_id: string;
  created_at: string;
  parameters: number;
  weights_hash: string | null;
  topology: string;
}

export interface TeamsTable {
  id: string;
  name: string;
  created_at: string;
  weight: number;
  running_limit: number | null;
  budget_worker_seconds: number | null;
  stored_bytes_limit: number | null;
  due_at: string | null;
  /** 0 or 1. */
  paused: number;
}

export interface MembersTable {
  id: string;
  team_id: string;
  name: string;
  email: string | null;
  role: Role;
  created_at: string;
  removed_at: string | null;
}

export interface InvitesTable {
  id: string;
  team_id: string;
  /** SHA-256 of the code, lower-case hex. */
  hash: string;
  role: Role;
  name: string | null;
  email: string | null;
  uses_left: number;
  created_at: string;
  expires_at: string;
}

export interface TokensTable {
  id: string;
  name: string;
  /** SHA-256 of the token, lower-case hex. */
  hash: string;
  member_id: string | null;
  /** Separated by spaces. */
  scopes: string;
  lent_to: string | null;
  created_at: string;
  expires_at: string | null;
  last_used_at: string | null;
  revoked_at: string | null;
}

export interface SessionsTable {
  id: string;
  /** SHA-256 of the cookie's value, lower-case hex. */
  hash: string;
  token_id: string;
  browser: string;
  created_at: string;
  last_used_at: string;
  idle_ms: number;
  /** `last_used_at` and `idle_ms` later. */
  idle_at: string;
  expires_at: string;
}

export interface WebhooksTable {
  id: string;
  team_id: string;
  /** null: every job of the team. */
  job_id: string | null;
  url: string;
  /** The key of signatures: it must be known to sign. */
  secret: string;
  /** A JSON array. */
  events: string;
  created_at: string;
}

export interface WebhookDeliveriesTable {
  id: string;
  webhook_id: string;
  event: string;
  job_id: string;
  body: string;
  state: 'waiting' | 'delivered' | 'failed';
  attempts: number;
  /** When it is attempted next; while it is attempted, when the attempt must have ended. */
  next_at_ms: number;
  status: number | null;
  problem: string | null;
  created_at: string;
}

export interface UsageTable {
  job_id: string;
  team_id: string;
  from_time: string;
  to_time: string;
  worker_seconds: number;
}

export interface AuditTable {
  /** Sorts by time. */
  request_id: string;
  time: string;
  action: string;
  object: string | null;
  team_id: string | null;
  member_id: string | null;
  token_id: string | null;
  status: number;
}

/** `leave`: after the gradient job that it serves. */
export type WorkerWish = 'work' | 'pause' | 'leave';

export interface WorkersTable {
  id: string;
  name: string;
  token_id: string | null;
  lent_to: string | null;
  wanted: WorkerWish;
  engine: string;
  device: string;
  numerics_class: string;
  threads: number;
  flops_per_second: number | null;
  job_id: string | null;
  load: number;
  samples_per_second: number;
  joined_at_ms: number;
  heard_at_ms: number;
}

/** Jobs whose samples a worker may read. */
export interface WorkerGrantsTable {
  worker_id: string;
  job_id: string;
  until_ms: number;
}

export interface ParameterServersTable {
  name: string;
  memory_bytes: number;
  remote_address: string | null;
  heard_at_ms: number;
}

export interface AnnouncementsTable {
  id: string;
  message: string;
  /** 0 or 1. */
  pauses_work: number;
  starts_at: string;
  ends_at: string | null;
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
  job_cards: JobCardsTable;
  job_stars: JobStarsTable;
  job_events: JobEventsTable;
  metric_points: MetricPointsTable;
  job_timings: JobTimingsTable;
  quarantined_workers: QuarantinedWorkersTable;
  job_traces: JobTracesTable;
  layer_points: LayerPointsTable;
  sparklines: SparklinesTable;
  checkpoints: CheckpointsTable;
  datasets: DatasetsTable;
  uploads: UploadsTable;
  models: ModelsTable;
  teams: TeamsTable;
  members: MembersTable;
  invites: InvitesTable;
  tokens: TokensTable;
  sessions: SessionsTable;
  audit: AuditTable;
  usage: UsageTable;
  webhooks: WebhooksTable;
  webhook_deliveries: WebhookDeliveriesTable;
  workers: WorkersTable;
  worker_grants: WorkerGrantsTable;
  parameter_servers: ParameterServersTable;
  announcements: AnnouncementsTable;
  artifacts: ArtifactsTable;
  idempotency_keys: IdempotencyKeysTable;
  migrations: MigrationsTable;
}
