import { PredictRequest, validate } from '@descent/contracts';
import { DescentError } from '@descent/errors';
import { readPlan } from '@descent/storage';
import type { Context } from '../context.ts';
import { failures, ref } from '../http/schemas.ts';
import { requireWeights } from '../jobs/require-weights.ts';
import { unwrap } from '../threads/answer.ts';
import { JobParams } from './params.ts';
import type { Routes } from './routes.ts';

const bodyLimitBytes = 32 * 2 ** 20;

export function predictRoute(app: Routes, context: Context): void {
  app.post(
    '/jobs/:id/predict',
    {
      bodyLimit: bodyLimitBytes,
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
    async (request) => {
      const { id } = request.params;
      const weightsHash = await requireWeights(context, id);
      const body = validate(PredictRequest, request.body);
      const plan = await readPlan(context.db, id);
      if (plan === null) throw new DescentError('JOB_NOT_FOUND', { jobId: id });
      const { model: spec, data } = plan.request;
      return unwrap(
        await context.threads.predict({
          jobId: id,
          weightsFile: context.artifacts.pathOf(weightsHash),
          source: { spec, data, manifest: plan.manifest },
          request: body,
        }),
      );
    },
  );
}
