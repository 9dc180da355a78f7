export type {
  Announcement,
  AuditEntry,
  Checkpoint,
  ChromeTrace,
  ClusterQueue,
  ClusterWorker,
  ColumnProfile,
  DataFinding,
  Dataset,
  DatasetPreview,
  DatasetReport,
  Estimate,
  ExplainJobRequest,
  ExplainModelRequest,
  Explanation,
  ExportFormat,
  GraphKind,
  Identity,
  Invite,
  InviteCreated,
  Job,
  JobCreate,
  JobEdit,
  JobError,
  JobEvent,
  JobGraph,
  JobLayers,
  JobState,
  JobTiming,
  LayerSummary,
  Member,
  MetricPoint,
  Mistakes,
  ModelGraphRequest,
  ModelReference,
  ModelSpec,
  Prediction,
  PredictRequest,
  Progress,
  Receipt,
  Role,
  Scope,
  Scores,
  StoredModel,
  StoredModelSummary,
  Team,
  TeamChange,
  TeamCreate,
  Token,
  TokenCreate,
  TokenCreated,
  UsageEntry,
  Webhook,
  WebhookCreate,
  WebhookCreated,
  WebhookDelivery,
} from '@descent/contracts';
export { scoreNames, timePhases } from '@descent/contracts';
export { DescentError, isDescentError } from '@descent/errors';
export { type AccountsApi, joinLink, readJoinLink } from './accounts.ts';
export type { BackOff } from './back-off.ts';
export type { ClusterApi, WorkerAction } from './cluster.ts';
export { createClient, type DescentClient } from './create-client.ts';
export type { DataFormat, DatasetsApi, PreviewOptions, UploadOptions } from './datasets.ts';
export { describeFinding } from './describe-finding.ts';
export type { Download } from './download.ts';
export type { FollowOptions } from './follow.ts';
export type { paths } from './generated/api.ts';
export type { JobHandle } from './job-handle.ts';
export {
  type CallOptions,
  type ChosenParameters,
  isEnded,
  type JobFilter,
  type JobPage,
  type JobsApi,
} from './jobs.ts';
export type { ImportOptions, ModelsApi } from './models.ts';
export { type PushedFile, type PushOptions, pushDataset } from './push-dataset.ts';
export { renderSnippet, type SnippetLanguage, type SnippetOptions, snippetLanguages } from './snippets.ts';
export { type TracedInput, type TraceOptions, trace } from './tracing/trace.ts';
export type { Traced } from './tracing/traced.ts';
export type { TracedLayer, Tracer } from './tracing/tracer.ts';
export type { ClientOptions } from './transport.ts';
export type { WebhooksApi } from './webhooks.ts';
