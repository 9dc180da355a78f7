import {
  Announcement,
  AnnouncementCreate,
  AuditEntry,
  Checkpoint,
  ChromeTrace,
  ClassImport,
  ClassImported,
  Closed,
  ClusterQueue,
  ClusterWorker,
  Dataset,
  DatasetCreate,
  DatasetFetch,
  DatasetFile,
  DatasetFileCreate,
  DatasetManifest,
  DatasetPreview,
  DatasetReport,
  ExplainJobRequest,
  ExplainModelRequest,
  Explanation,
  ForkRequest,
  Identity,
  IngestOptions,
  IngestRequest,
  Initializer,
  Invite,
  InviteCreate,
  InviteCreated,
  Job,
  JobCreate,
  JobEdit,
  JobEvent,
  JobFromModel,
  JobGraph,
  JobLayers,
  Joined,
  JoinRequest,
  LayerSpec,
  LossSpec,
  Member,
  MemberChange,
  MetricPoint,
  Mistakes,
  ModelGraphRequest,
  ModelSpec,
  NodeSpec,
  Prediction,
  PredictRequest,
  Session,
  SessionByInvite,
  SessionByToken,
  SessionCreated,
  StoredModel,
  StoredModelSummary,
  Team,
  TeamChange,
  TeamCreate,
  TensorSummary,
  Token,
  TokenCreate,
  TokenCreated,
  UsageEntry,
  Webhook,
  WebhookCreate,
  WebhookCreated,
  WebhookDelivery,
  WorkerBeat,
  WorkerJoin,
  WorkerJoined,
  WorkerOrder,
  WorkerTurn,
} from '@descent/contracts';
import type { FastifyInstance } from 'fastify';
import { type TSchema, Type } from 'typebox';

export const ErrorSchema = Closed({
  statusCode: Type.Integer(),
  code: Type.String({ description: 'One of the codes in docs/errors.md' }),
  error: Type.String({ description: 'Reason phrase of the status' }),
  message: Type.String(),
  details: Type.Record(Type.String(), Type.Unknown(), {
    description: 'For programs: the field (`path`), the layer, shapes, limits',
  }),
});

/** The named schemas of the OpenAPI document. */
export const components = {
  Job,
  JobCreate,
  JobFromModel,
  JobEdit,
  ForkRequest,
  StoredModel,
  StoredModelSummary,
  ModelSpec,
  LayerSpec,
  NodeSpec,
  LossSpec,
  Initializer,
  JobEvent,
  JobGraph,
  JobLayers,
  ModelGraphRequest,
  ExplainJobRequest,
  ExplainModelRequest,
  Explanation,
  MetricPoint,
  ChromeTrace,
  Checkpoint,
  Dataset,
  DatasetCreate,
  DatasetFile,
  DatasetFileCreate,
  DatasetFetch,
  IngestRequest,
  IngestOptions,
  DatasetReport,
  DatasetManifest,
  DatasetPreview,
  TensorSummary,
  PredictRequest,
  Prediction,
  Mistakes,
  Team,
  TeamCreate,
  TeamChange,
  Member,
  MemberChange,
  Invite,
  InviteCreate,
  InviteCreated,
  Token,
  TokenCreate,
  TokenCreated,
  JoinRequest,
  Joined,
  Identity,
  Session,
  SessionByToken,
  SessionByInvite,
  SessionCreated,
  ClassImport,
  ClassImported,
  AuditEntry,
  UsageEntry,
  Webhook,
  WebhookCreate,
  WebhookCreated,
  WebhookDelivery,
  Announcement,
  AnnouncementCreate,
  ClusterQueue,
  ClusterWorker,
  WorkerJoin,
  WorkerJoined,
  WorkerBeat,
  WorkerOrder,
  WorkerTurn,
  Error: ErrorSchema,
} as const satisfies Record<string, TSchema>;
export type ComponentName = keyof typeof components;

export function addComponents(app: FastifyInstance): void {
  const names = new Map(
    Object.entries<TSchema & { title?: string }>(components).flatMap(([name, schema]) => [
      [JSON.stringify(schema), name] as const,
      // What stands inside itself names itself by its title.
      ...(schema.title === undefined ? [] : [[schema.title, name] as const]),
    ]),
  );
  for (const [name, schema] of Object.entries(components)) {
    app.addSchema({ ...withReferences(schema, names), $id: name });
  }
}

/**
 * The parts of a schema that equal a named one, as references: written out, every model in the document would list all
 * layers again, 12,000 lines each.
 */
function withReferences(schema: object, names: ReadonlyMap<string, string>): object {
  const refer = (part: unknown): unknown => {
    if (typeof part !== 'object' || part === null) return part;
    if (Array.isArray(part)) return part.map(refer);
    // Compared without what a field says of itself: a reference has no place for it.
    const { description: _, ...undescribed } = part as { description?: unknown };
    const itself = 'x-same-as' in part ? String(part['x-same-as']) : '';
    const name =
      names.get(itself) ?? names.get(JSON.stringify(part)) ?? names.get(JSON.stringify(undescribed));
    return name === undefined ? referInside(part) : { $ref: `${name}#` };
  };
  const referInside = (part: object): object =>
    Object.fromEntries(Object.entries(part).map(([key, value]) => [key, refer(value)]));
  return referInside(schema);
}

/** The answer of a list that is sent as a whole. */
export function listOf(key: string, item: ComponentName): object {
  return {
    description: 'All of them',
    type: 'object',
    required: [key],
    properties: { [key]: { type: 'array', items: ref(item) } },
  };
}

/** Refers to a named schema of the document. */
export function ref(name: ComponentName): { $ref: string } {
  return { $ref: `${name}#` };
}

const errorDescriptions = {
  401: 'No valid API token',
  403: 'The token has not the scope for it, or its member not the role',
  404: 'Not there',
  409: 'Not in this state, or already done with other content',
  413: 'Too large',
  415: 'Content type not accepted',
  422: 'Understood, but wrong: the field, the layer and both shapes are named',
  429: 'Too many requests',
  503: 'A part of the service cannot be reached',
} as const;
export type ErrorStatus = keyof typeof errorDescriptions;

/** Error answers of a route below /v1, all of one schema. */
export function failures(...statuses: ErrorStatus[]): Record<number, object> {
  const all = new Set<ErrorStatus>([401, 403, 429, ...statuses]);
  return Object.fromEntries(
    [...all].map((status) => [status, { description: errorDescriptions[status], ...ref('Error') }]),
  );
}

/** Either will do. */
export const bearer = [{ token: [] }, { session: [] }];
