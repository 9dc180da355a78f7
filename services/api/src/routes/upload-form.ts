import path from 'node:path';
import type { IngestOptions } from '@descent/contracts';
import { type IngestInput, splitOfWord } from '@descent/datasets';
import { DescentError } from '@descent/errors';
import multipart from '@fastify/multipart';
import type { Context } from '../context.ts';
import { fillDataset } from '../datasets/fill-dataset.ts';
import { requires } from '../http/policy.ts';
import { receiveFile } from '../http/receive-file.ts';
import { failures, ref } from '../http/schemas.ts';
import { parseOptions, UploadParams } from './datasets.ts';
import type { Routes } from './routes.ts';

const maxFiles = 1000;
const maxFieldBytes = 256 * 1024;

/** In a scope of its own, the only one where forms are read. */
export async function uploadFormRoute(app: Routes, context: Context): Promise<void> {
  app.removeAllContentTypeParsers();
  await app.register(multipart, {
    limits: { files: maxFiles, fields: 10, fieldSize: maxFieldBytes, fileSize: Number.MAX_SAFE_INTEGER },
  });

  app.post(
    '/datasets/:id/content',
    {
      bodyLimit: context.limits.uploadBytes,
      config: { ...requires('submit', { object: 'dataset' }), upload: true },
      schema: {
        operationId: 'uploadDatasetForm',
        summary: 'Fill a data set from the files of a form',
        description:
          'A file in a field named `train`, `test` or `validation` becomes that split; any other field says nothing. A field `options` holds IngestOptions as JSON and comes first. Answers as `PUT` does.',
        tags: ['datasets'],
        consumes: ['multipart/form-data'],
        params: UploadParams,
        response: {
          200: { description: 'Ready', ...ref('Dataset') },
          ...failures(404, 409, 413, 415, 422, 503),
        },
      },
    },
    async (request) =>
      fillDataset(context, request.params.id, async (folder) => {
        const files: IngestInput[] = [];
        let options: IngestOptions | undefined;
        let room = context.limits.uploadBytes;
        for await (const part of request.parts()) {
          if (part.type === 'field') {
            if (part.fieldname !== 'options')
              throw new DescentError('REQUEST_MALFORMED', {
                problem: `there is no field "${part.fieldname}"`,
              });
            options = parseOptions(String(part.value));
            continue;
          }
          const target = path.join(folder, String(files.length));
          room -= await receiveFile(part.file, target, room);
          const split = splitOfWord(part.fieldname);
          files.push({
            path: target,
            name: part.filename === '' ? part.fieldname : part.filename,
            ...(split === undefined ? {} : { split }),
            ...(options === undefined ? {} : { options }),
          });
        }
        if (files.length === 0) throw new DescentError('DATA_EMPTY', { part: 'the form: it has no file' });
        return files;
      }),
  );
}
