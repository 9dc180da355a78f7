import { DescentError } from '@descent/errors';
import { readPlan } from '@descent/storage';
import type { Context } from '../context.ts';
import { requires } from '../http/policy.ts';
import { failures, ref } from '../http/schemas.ts';
import { requireWeights } from '../jobs/require-weights.ts';
import { unwrap } from '../threads/answer.ts';
import { JobParams } from './params.ts';
import type { Routes } from './routes.ts';

const bodyLimitBytes = 32 * 2 ** 20;

/** In a scope of its own: here a JSON body stays text, which the thread reads. */
export function predictRoute(app: Routes, context: Context): void {
  app.removeContentTypeParser('application/json');
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, body, done) =>
    done(null, body),
  );

  app.post(
    '/jobs/:id/predict',
    {
      bodyLimit: bodyLimitBytes,
      config: requires('read', { object: 'job' }),
      schema: {
        operationId: 'predict',
        summary: 'Let a finished job answer',
        description: 'Up to 1,000 rows at once, in raw column values: the transforms of the job are applied.',
        tags: ['jobs'],
        params: JobParams,
        body: ref('PredictRequest'),
        response: {
          200: { description: 'One answer per row', ...ref('Prediction') },
          ...failures(404, 409, 413, 415, 422),
        },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      const weightsHash = await requireWeights(context, id);
      const plan = await readPlan(context.db, id);
      if (plan === null) throw new DescentError('JOB_NOT_FOUND', { jobId: id });
      const { model: spec, data } = plan.request;
      const answer = await context.threads.predict({
        jobId: id,
        weightsHash,
        artifactPlace: context.artifactPlace,
        source: { spec, data, manifest: plan.manifest },
        body: String(request.body ?? ''),
      });
      const text = unwrap(answer);
      return reply.type('application/json').serializer(asItIs).send(text);
    },
  );
}

function asItIs(text: unknown): string {
  return String(text);
}
