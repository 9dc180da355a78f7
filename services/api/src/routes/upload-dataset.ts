import { Type } from 'typebox';
import type { Context } from '../context.ts';
import { fillDataset } from '../datasets/upload.ts';
import { requires } from '../http/policy.ts';
import { failures, ref } from '../http/schemas.ts';
import { UploadParams, UploadQuery } from './datasets.ts';
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
          'The body is the file itself, streamed: CSV, TSV, NPZ, NPY or IDX, gzip too. Answers when it is read and ready, or ' +
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
      const { format, filename } = request.query;
      const name = filename ?? fileNameOf(request.headers['content-disposition'] ?? '');
      return fillDataset(context, {
        datasetId: request.params.id,
        content: request.raw,
        ...(name === null ? {} : { name }),
        ...(format === undefined ? {} : { format }),
      });
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
