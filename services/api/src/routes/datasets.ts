import {
  Closed,
  DatasetCreate,
  DatasetId,
  dataFormats,
  IngestOptions,
  OneOf,
  validate,
} from '@descent/contracts';
import { DescentError } from '@descent/errors';
import { findReport, insertDataset, listDatasets } from '@descent/storage';
import { Type } from 'typebox';
import { ulid } from 'ulid';
import type { Context } from '../context.ts';
import { withOrigin } from '../datasets/builtins.ts';
import { removeDataset } from '../datasets/delete-dataset.ts';
import { requireDataset } from '../datasets/require-dataset.ts';
import { callerOf, teamSeen } from '../http/authorize.ts';
import { requires } from '../http/policy.ts';
import { failures, ref } from '../http/schemas.ts';
import type { Routes } from './routes.ts';

const Params = Closed({ id: DatasetId });

export function datasetRoutes(app: Routes, context: Context): void {
  app.post(
    '/datasets',
    {
      config: requires('submit'),
      schema: {
        operationId: 'createDataset',
        summary: 'Create an empty data set',
        description: 'Fill it with `PUT /v1/datasets/{id}/content`.',
        tags: ['datasets'],
        body: ref('DatasetCreate'),
        response: { 201: { description: 'Created', ...ref('Dataset') }, ...failures(415, 422) },
      },
    },
    async (request, reply) => {
      const { name } = validate(DatasetCreate, request.body);
      const nowMs = context.clock();
      const id = `ds_${ulid(nowMs)}`;
      await insertDataset(
        context.db,
        { id, name, state: 'empty', createdAt: new Date(nowMs).toISOString(), manifest: null, error: null },
        callerOf(request).teamId,
      );
      return reply
        .status(201)
        .header('location', `/v1/datasets/${id}`)
        .send(await requireDataset(context, id));
    },
  );

  app.get(
    '/datasets',
    {
      config: requires('read'),
      schema: {
        operationId: 'listDatasets',
        summary: 'List the data sets: built-in ones, then uploads, newest first',
        tags: ['datasets'],
        response: {
          200: {
            description: 'All of them',
            type: 'object',
            required: ['datasets'],
            properties: { datasets: { type: 'array', items: ref('Dataset') } },
          },
          ...failures(),
        },
      },
    },
    async (request) => {
      const stored = await listDatasets(context.db, teamSeen(callerOf(request)));
      const builtins = context.builtins
        .list()
        .map((builtin) => withOrigin(stored.find(({ id }) => id === builtin.id) ?? builtin));
      return { datasets: [...builtins, ...stored.filter(({ id }) => !id.startsWith('builtin:'))] };
    },
  );

  app.get(
    '/datasets/:id',
    {
      config: requires('read', { object: 'dataset' }),
      schema: {
        operationId: 'getDataset',
        summary: 'One data set with its columns, splits and statistics',
        tags: ['datasets'],
        params: Params,
        response: { 200: { description: 'The data set', ...ref('Dataset') }, ...failures(404, 422) },
      },
    },
    async (request) => requireDataset(context, request.params.id),
  );

  app.get(
    '/datasets/:id/report',
    {
      config: requires('read', { object: 'dataset' }),
      schema: {
        operationId: 'getDatasetReport',
        summary: 'What reading a data set found: statistics per split, missing values, repeated rows, leaks',
        tags: ['datasets'],
        params: Params,
        response: {
          200: { description: 'The report', ...ref('DatasetReport') },
          ...failures(404, 409, 422),
        },
      },
    },
    async (request) => {
      const { id } = request.params;
      const { state } = await requireDataset(context, id);
      const report = await findReport(context.db, id);
      if (report === null) throw new DescentError('DATASET_NOT_READY', { dataset: id, state });
      return report;
    },
  );

  app.delete(
    '/datasets/:id',
    {
      config: requires('submit', { object: 'dataset' }),
      schema: {
        operationId: 'deleteDataset',
        summary: 'Delete a data set that no job uses',
        tags: ['datasets'],
        params: Params,
        response: { 204: { description: 'Deleted', type: 'null' }, ...failures(404, 409, 422) },
      },
    },
    async (request, reply) => {
      await removeDataset(context, request.params.id);
      return reply.status(204).send(null);
    },
  );
}

export const UploadQuery = Closed({
  format: Type.Optional(OneOf(dataFormats, 'Left out: found from the first bytes and the file name')),
  filename: Type.Optional(Type.String({ minLength: 1, maxLength: 255 })),
  split: Type.Optional(Type.String({ minLength: 1, maxLength: 64, pattern: '^[\\w -]+$' })),
  options: Type.Optional(Type.String({ maxLength: 65_536, description: 'IngestOptions as JSON' })),
});
export const UploadParams = Params;

/** IngestOptions that stand as text in a query or a form. @throws DescentError REQUEST_INVALID, REQUEST_MALFORMED */
export function parseOptions(text: string): IngestOptions {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new DescentError('REQUEST_MALFORMED', { problem: '`options` is not JSON' }, { cause });
  }
  return validate(IngestOptions, json, ['options']);
}
