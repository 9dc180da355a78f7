import { Closed, GraphKind, type JobGraph, ModelGraphRequest, validate } from '@descent/contracts';
import type { FastifyReply } from 'fastify';
import { Type } from 'typebox';
import type { Context } from '../context.ts';
import { requires } from '../http/policy.ts';
import { failures, ref } from '../http/schemas.ts';
import { compileQuickly } from '../jobs/compile-quickly.ts';
import { presentGraph } from '../jobs/present-graph.ts';
import { requireJob } from '../jobs/require-job.ts';
import { unwrap } from '../threads/answer.ts';
import type { GraphTask } from '../threads/graph.thread.ts';
import { JobParams } from './params.ts';
import type { Routes } from './routes.ts';

const Query = Closed({ kind: Type.Optional(GraphKind) });

/** As for a job: enough for large constant tables. */
const bodyLimitBytes = 8 * 2 ** 20;

export function graphRoutes(app: Routes, context: Context): void {
  app.get(
    '/jobs/:id/graph',
    {
      config: requires('read', { object: 'job' }),
      schema: {
        operationId: 'getJobGraph',
        summary: 'The computation graph of a job: operations, edges, shapes and costs',
        description: 'FLOPs are those of one step, over the whole mini-batch of the job.',
        tags: ['jobs'],
        params: JobParams,
        querystring: Query,
        response: { 200: { description: 'The graph', ...ref('JobGraph') }, ...failures(404, 422) },
      },
    },
    async (request, reply) => {
      const { kind = 'training' } = request.query;
      const { model, training } = (await requireJob(context.db, request.params.id)).request;
      return sendGraph(reply, { spec: model, options: {}, kind, batch: training.batchSize });
    },
  );

  app.post(
    '/models/graph',
    {
      bodyLimit: bodyLimitBytes,
      config: requires('read'),
      schema: {
        operationId: 'getModelGraph',
        summary: 'The computation graph of a model that no job trains',
        tags: ['models'],
        body: ref('ModelGraphRequest'),
        response: { 200: { description: 'The graph', ...ref('JobGraph') }, ...failures(413, 415, 422) },
      },
    },
    async (request, reply) => {
      const { model, kind = 'training', batch = 1 } = validate(ModelGraphRequest, request.body);
      return sendGraph(reply, { spec: model, options: { untrained: true }, kind, batch });
    },
  );

  async function sendGraph(reply: object, task: GraphTask): Promise<JobGraph> {
    const model = compileQuickly(task.spec, task.options);
    if (model !== null) return presentGraph(model, task.kind, task.batch);
    const text = unwrap(await context.threads.graph(task));
    return (reply as FastifyReply)
      .type('application/json')
      .serializer((text: unknown) => String(text))
      .send(text) as never;
  }
}
