import path from 'node:path';
import { Type } from 'typebox';
import type { Context } from '../context.ts';
import { fillDataset } from '../datasets/fill-dataset.ts';
import { requires } from '../http/policy.ts';
import { receiveFile } from '../http/receive-file.ts';
import { failures, ref } from '../http/schemas.ts';
import { FileParams } from './dataset-files.ts';
import { parseOptions, UploadParams, UploadQuery } from './datasets.ts';
import type { Routes } from './routes.ts';

const Headers = Type.Object({
  'content-disposition': Type.Optional(
    Type.String({ description: 'Its `filename` is used when the query gives none' }),
  ),
});

/** In a scope of its own: here a body of any content type is a stream that nobody parses. */
export function uploadDatasetRoute(app: Routes, context: Context): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', (_request, payload, done) => done(null, payload));

  app.put(
    '/datasets/:id/content',
    {
      bodyLimit: context.limits.uploadBytes,
      config: { ...requires('submit', { object: 'dataset' }), upload: true },
      schema: {
        operationId: 'uploadDataset',
        summary: 'Fill a data set from one file',
        description:
          'The body is the file itself, streamed: CSV, TSV, JSON Lines, Parquet, NPZ, NPY, safetensors, IDX, a zip or tar of images, or text. Answers when it is read and ready, or ' +
          'with the first error (a bad CSV cell names row and column); then nothing of it is kept.',
        tags: ['datasets'],
        consumes: ['application/octet-stream', 'text/csv'],
        params: UploadParams,
        querystring: UploadQuery,
        headers: Headers,
        body: { type: 'string', format: 'binary' },
        response: {
          200: { description: 'Ready', ...ref('Dataset') },
          ...failures(404, 409, 413, 415, 422, 503),
        },
      },
    },
    async (request) => {
      const { format, filename, split, options } = request.query;
      const name = filename ?? fileNameOf(request.headers['content-disposition'] ?? '');
      const how = options === undefined ? undefined : parseOptions(options);
      return fillDataset(context, request.params.id, async (folder) => {
        const file = path.join(folder, 'file');
        await receiveFile(request.raw, file, context.limits.uploadBytes);
        return [
          {
            path: file,
            ...(name === null ? {} : { name }),
            ...(format === undefined ? {} : { format }),
            ...(split === undefined ? {} : { split }),
            ...(how === undefined ? {} : { options: how }),
          },
        ];
      });
    },
  );

  app.patch(
    '/datasets/:id/files/:file',
    {
      bodyLimit: context.limits.uploadBytes,
      config: { ...requires('submit', { object: 'dataset' }), upload: true },
      schema: {
        operationId: 'sendDatasetFile',
        summary: 'Send the next bytes of a file that comes in pieces',
        description:
          '`Upload-Offset` says where they begin, which must be where the file ends by now (`HEAD` tells). What arrives before a connection breaks is kept.',
        tags: ['datasets'],
        consumes: ['application/offset+octet-stream'],
        params: FileParams,
        headers: Type.Object({
          'upload-offset': Type.Integer({ minimum: 0, description: 'Where the body begins in the file' }),
        }),
        body: { type: 'string', format: 'binary' },
        response: {
          204: { description: 'Taken; `Upload-Offset` says where the file goes on', type: 'null' },
          ...failures(404, 409, 413, 422, 503),
        },
      },
    },
    async (request, reply) => {
      const { id, file } = request.params;
      const { offset } = await context.uploads.append(
        id,
        file,
        request.headers['upload-offset'],
        request.raw,
      );
      return reply.status(204).header('upload-offset', offset).send(null);
    },
  );
}

/** RFC 6266, the two forms in use: `filename="x.csv"` and `filename*=UTF-8''x.csv`. */
export function fileNameOf(disposition: string): string | null {
  const extended = /filename\*=UTF-8''([^;\s]+)/i.exec(disposition)?.[1];
  if (extended !== undefined) {
    try {
      return decodeURIComponent(extended);
    } catch {
      return null;
    }
  }
  const plain = /filename="((?:[^"\\]|\\.)*)"|filename=([^;\s]+)/i.exec(disposition);
  return plain?.[1]?.replaceAll(/\\(.)/g, '$1') ?? plain?.[2] ?? null;
}
