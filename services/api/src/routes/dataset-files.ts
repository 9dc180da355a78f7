import {
  Closed,
  DatasetFetch,
  DatasetFileCreate,
  DatasetId,
  IngestRequest,
  validate,
} from '@descent/contracts';
import { DescentError } from '@descent/errors';
import { owningTeam } from '@descent/storage';
import { Type } from 'typebox';
import type { Context } from '../context.ts';
import { checkQuota } from '../datasets/check-quota.ts';
import { fetchFile } from '../datasets/fetch-file.ts';
import { beginFilling, fillDataset, type Receive } from '../datasets/fill-dataset.ts';
import { requireDataset } from '../datasets/require-dataset.ts';
import { requires } from '../http/policy.ts';
import { failures, ref } from '../http/schemas.ts';
import type { Routes } from './routes.ts';

const Params = Closed({ id: DatasetId });
export const FileParams = Closed({
  id: DatasetId,
  file: Type.String({ pattern: '^up_[0-9A-HJKMNP-TV-Z]{26}$', description: 'the id of a file, up_…' }),
});

/** Files of a data set that come in pieces, and files that the server fetches itself. */
export function datasetFilesRoutes(app: Routes, context: Context): void {
  const { uploads, limits, db } = context;

  app.post(
    '/datasets/:id/files',
    {
      config: requires('submit', { object: 'dataset' }),
      schema: {
        operationId: 'announceDatasetFile',
        summary: 'Announce a file of a data set that comes in pieces',
        description:
          'Send it with `PATCH /v1/datasets/{id}/files/{file}`, as often as connections break; read all files of the data set with `POST /v1/datasets/{id}/ingest`.',
        tags: ['datasets'],
        params: Params,
        body: ref('DatasetFileCreate'),
        response: {
          201: { description: 'Announced', ...ref('DatasetFile') },
          ...failures(404, 409, 413, 422),
        },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      const file = validate(DatasetFileCreate, request.body);
      const { state } = await requireDataset(context, id);
      if (state === 'ready' || state === 'ingesting')
        throw new DescentError('DATASET_STATE_CONFLICT', { dataset: id, state, action: 'take a file' });
      const team = (await owningTeam(db, 'datasets', id)) ?? null;
      await checkQuota(db, { team, needed: file.bytes, limitBytes: limits.datasetBytes });
      const announced = await uploads.announce(id, file);
      return reply.status(201).header('location', `/v1/datasets/${id}/files/${announced.id}`).send(announced);
    },
  );

  app.get(
    '/datasets/:id/files',
    {
      config: requires('read', { object: 'dataset' }),
      schema: {
        operationId: 'listDatasetFiles',
        summary: 'Files of a data set that are under way',
        tags: ['datasets'],
        params: Params,
        response: {
          200: {
            description: 'All of them, as announced',
            type: 'object',
            required: ['files'],
            properties: { files: { type: 'array', items: ref('DatasetFile') } },
          },
          ...failures(404, 422),
        },
      },
    },
    async (request) => {
      await requireDataset(context, request.params.id);
      return { files: await uploads.list(request.params.id) };
    },
  );

  app.head(
    '/datasets/:id/files/:file',
    {
      config: requires('read', { object: 'dataset' }),
      schema: {
        operationId: 'headDatasetFile',
        summary: 'How much of a file has arrived: `Upload-Offset` of `Upload-Length` bytes',
        tags: ['datasets'],
        params: FileParams,
        response: { 200: { description: 'In the headers', type: 'null' }, ...failures(404, 422) },
      },
    },
    async (request, reply) => {
      const { offset, bytes } = await uploads.find(request.params.id, request.params.file);
      return reply
        .headers({ 'upload-offset': offset, 'upload-length': bytes, 'cache-control': 'no-store' })
        .send(null);
    },
  );

  app.delete(
    '/datasets/:id/files/:file',
    {
      config: requires('submit', { object: 'dataset' }),
      schema: {
        operationId: 'deleteDatasetFile',
        summary: 'Abandon a file that is under way',
        tags: ['datasets'],
        params: FileParams,
        response: { 204: { description: 'Gone', type: 'null' }, ...failures(404, 422) },
      },
    },
    async (request, reply) => {
      await uploads.remove(request.params.id, request.params.file);
      return reply.status(204).send(null);
    },
  );

  app.post(
    '/datasets/:id/ingest',
    {
      config: requires('submit', { object: 'dataset' }),
      schema: {
        operationId: 'ingestDataset',
        summary: 'Read the files of a data set, all of which have arrived',
        description:
          'Answers at once; the data set is `ingesting` until it is `ready`, or `failed` with what is wrong. The files are gone afterwards.',
        tags: ['datasets'],
        params: Params,
        body: ref('IngestRequest'),
        response: { 202: { description: 'Begun', ...ref('Dataset') }, ...failures(404, 409, 413, 422) },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      const { options } = validate(IngestRequest, request.body ?? {});
      const files = await uploads.complete(id);
      const receive: Receive = async () =>
        files.map((file) => (options === undefined ? file : { ...file, options }));
      const fill = await beginFilling(context, id);
      fill(receive)
        // Its error is on the data set by now.
        .catch((error: unknown) => context.logger.info({ dataset: id, err: error }, 'Data set refused'))
        .finally(() => uploads.remove(id))
        .catch((error: unknown) => context.logger.warn({ dataset: id, err: error }, 'Files not removed'));
      return reply.status(202).send(await requireDataset(context, id));
    },
  );

  app.post(
    '/datasets/:id/fetch',
    {
      config: requires('submit', { object: 'dataset' }),
      schema: {
        operationId: 'fetchDataset',
        summary: 'Fill a data set from an address, where staff allow its host',
        tags: ['datasets'],
        params: Params,
        body: ref('DatasetFetch'),
        response: {
          200: { description: 'Ready', ...ref('Dataset') },
          ...failures(404, 409, 413, 415, 422, 503),
        },
      },
    },
    async (request) => {
      const { url, filename, options, ...how } = validate(DatasetFetch, request.body);
      return fillDataset(context, request.params.id, async (folder) => {
        const file = await fetchFile(url, folder, {
          hosts: limits.urlHosts,
          limitBytes: limits.uploadBytes,
        });
        return [
          {
            ...file,
            ...(filename === undefined ? {} : { name: filename }),
            ...how,
            ...(options === undefined ? {} : { options }),
          },
        ];
      });
    },
  );
}
