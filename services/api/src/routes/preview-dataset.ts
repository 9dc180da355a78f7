import { Closed, DatasetId, maxPreviewSamples } from '@descent/contracts';
import { Type } from 'typebox';
import type { Context } from '../context.ts';
import { requireDataset } from '../datasets/require-dataset.ts';
import { requireManifest } from '../datasets/require-manifest.ts';
import { callerOf, teamSeen } from '../http/authorize.ts';
import { requires } from '../http/policy.ts';
import { failures, ref } from '../http/schemas.ts';
import { unwrap } from '../threads/answer.ts';
import type { Routes } from './routes.ts';

const Params = Closed({ id: DatasetId });
const Query = Closed({
  split: Type.Optional(Type.String({ description: 'Default: the first' })),
  offset: Type.Optional(
    Type.Integer({ minimum: 0, maximum: 2 ** 31, description: 'First sample; default 0' }),
  ),
  count: Type.Optional(
    Type.Integer({ minimum: 1, maximum: maxPreviewSamples, description: 'Samples; default 20' }),
  ),
});

export function previewDatasetRoute(app: Routes, context: Context): void {
  app.get(
    '/datasets/:id/preview',
    {
      config: { ...requires('read', { object: 'dataset' }), work: 'computation' },
      schema: {
        operationId: 'previewDataset',
        summary: 'Look at some samples: rows, thumbnails, text',
        description: 'A built-in data set is read first, when nobody has used it yet.',
        tags: ['datasets'],
        params: Params,
        querystring: Query,
        response: {
          200: { description: 'The samples', ...ref('DatasetPreview') },
          ...failures(404, 409, 422),
        },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      const { split, offset = 0, count = 20 } = request.query;
      await requireDataset(context, id);
      const manifest = await requireManifest(context, id, teamSeen(callerOf(request)));
      const answer = await context.threads.preview({
        artifactPlace: context.artifactPlace,
        manifest,
        question: { offset, count, ...(split === undefined ? {} : { split }) },
      });
      return reply
        .type('application/json')
        .serializer((text: unknown) => String(text))
        .send(unwrap(answer) as never);
    },
  );
}
