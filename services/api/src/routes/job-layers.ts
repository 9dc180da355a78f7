import { readLayers } from '@descent/storage';
import type { Context } from '../context.ts';
import { requires } from '../http/policy.ts';
import { failures, ref } from '../http/schemas.ts';
import { presentLayers } from '../jobs/present-layers.ts';
import { requireJob } from '../jobs/require-job.ts';
import { JobParams } from './params.ts';
import type { Routes } from './routes.ts';

export function jobLayersRoute(app: Routes, { db }: Context): void {
  app.get(
    '/jobs/:id/layers',
    {
      config: requires('read', { object: 'job' }),
      schema: {
        operationId: 'getJobLayers',
        summary: 'How the parameters of a job moved: norms over time, and histograms',
        description:
          'Of every trained parameter the L2 norms of its gradient and its values and how much an update changed it, at ' +
          'no more than 512 even steps of the whole job; histograms of the values at some of these. Empty before the first step.',
        tags: ['jobs'],
        params: JobParams,
        response: { 200: { description: 'The curves', ...ref('JobLayers') }, ...failures(404, 422) },
      },
    },
    async (request) => {
      const { id } = await requireJob(db, request.params.id);
      return presentLayers(await readLayers(db, id));
    },
  );
}
