import { Closed, GraphKind } from '@descent/contracts';
import { compileModel, inferenceGraph, trainingGraph } from '@descent/models';
import { Type } from 'typebox';
import type { Context } from '../context.ts';
import { failures, ref } from '../http/schemas.ts';
import { presentGraph } from '../jobs/present-graph.ts';
import { requireJob } from '../jobs/require-job.ts';
import { JobParams } from './params.ts';
import type { Routes } from './routes.ts';

const Query = Closed({ kind: Type.Optional(GraphKind) });

export function jobGraphRoute(app: Routes, context: Context): void {
  app.get(
    '/jobs/:id/graph',
    {
      schema: {
        operationId: 'getJobGraph',
        summary: 'The computation graph of a job: operations, edges and shapes',
        tags: ['jobs'],
        params: JobParams,
        querystring: Query,
        response: { 200: { description: 'The graph', ...ref('JobGraph') }, ...failures(404, 422) },
      },
    },
    async (request) => {
      const { kind = 'training' } = request.query;
      const job = await requireJob(context.db, request.params.id);
      const model = compileModel(job.request.model);
      return presentGraph(kind, kind === 'training' ? trainingGraph(model) : inferenceGraph(model));
    },
  );
}
