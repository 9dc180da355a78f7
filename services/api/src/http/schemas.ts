import {
  Checkpoint,
  Closed,
  Dataset,
  DatasetCreate,
  DatasetManifest,
  Job,
  JobCreate,
  JobEvent,
  JobGraph,
  MetricPoint,
  ModelSpec,
  Prediction,
  PredictRequest,
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
  ModelSpec,
  JobEvent,
  JobGraph,
  MetricPoint,
  Checkpoint,
  Dataset,
  DatasetCreate,
  DatasetManifest,
  PredictRequest,
  Prediction,
  Error: ErrorSchema,
} as const satisfies Record<string, TSchema>;
export type ComponentName = keyof typeof components;

export function addComponents(app: FastifyInstance): void {
  for (const [name, schema] of Object.entries(components)) app.addSchema({ ...schema, $id: name });
}

/** Refers to a named schema of the document. */
export function ref(name: ComponentName): { $ref: string } {
  return { $ref: `${name}#` };
}

const errorDescriptions = {
  401: 'No valid API token',
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
  const all = new Set<ErrorStatus>([401, 429, ...statuses]);
  return Object.fromEntries(
    [...all].map((status) => [status, { description: errorDescriptions[status], ...ref('Error') }]),
  );
}

export const bearer = [{ token: [] }];
