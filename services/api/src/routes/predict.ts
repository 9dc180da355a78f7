import { Closed } from '@descent/contracts';
import { DescentError } from '@descent/errors';
import { readPlan } from '@descent/storage';
import { Type } from 'typebox';
import type { Context } from '../context.ts';
import { requires } from '../http/policy.ts';
import { failures, ref } from '../http/schemas.ts';
import { chooseParameters } from '../jobs/choose-parameters.ts';
import { unwrap } from '../threads/answer.ts';
import type { PredictTask } from '../threads/predict.thread.ts';
import { JobParams } from './params.ts';
import type { Routes } from './routes.ts';

const checkpoint = Type.Optional(
  Type.String({
    pattern: '^(best|latest|[0-9]{1,9})$',
    description:
      'Answers with a checkpoint, also of a job that still trains: its step, `latest`, or `best` by validation loss. ' +
      'Left out: with the weights of the finished job',
  }),
);
const PredictQuery = Closed({ checkpoint });
const MistakesQuery = Closed({
  checkpoint,
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200, default: 24 })),
});

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
      config: { ...requires('read', { object: 'job' }), work: 'computation' },
      schema: {
        operationId: 'predict',
        summary: 'Let a finished job, or a checkpoint, answer',
        description: 'Up to 1,000 rows at once, in raw column values: the transforms of the job are applied.',
        tags: ['jobs'],
        params: JobParams,
        querystring: PredictQuery,
        body: ref('PredictRequest'),
        response: {
          200: { description: 'One answer per row', ...ref('Prediction') },
          ...failures(404, 409, 413, 415, 422),
        },
      },
    },
    async (request, reply) => {
      const text = await answer(context, request.params.id, request.query.checkpoint, {
        kind: 'rows',
        body: String(request.body ?? ''),
      });
      return reply.type('application/json').serializer(asItIs).send(text);
    },
  );
}

/** In a scope of its own too: the answer is text of the thread. */
export function mistakesRoute(app: Routes, context: Context): void {
  app.get(
    '/jobs/:id/mistakes',
    {
      config: { ...requires('read', { object: 'job' }), work: 'computation' },
      schema: {
        operationId: 'getMistakes',
        summary: 'Where a finished classifier is wrong on its validation samples, the surest mistakes first',
        tags: ['jobs'],
        params: JobParams,
        querystring: MistakesQuery,
        response: { 200: { description: 'The mistakes', ...ref('Mistakes') }, ...failures(404, 409, 422) },
      },
    },
    async (request, reply) => {
      const { limit = 24, checkpoint } = request.query;
      const text = await answer(context, request.params.id, checkpoint, { kind: 'mistakes', limit });
      return reply.type('application/json').serializer(asItIs).send(text);
    },
  );
}

async function answer(
  context: Context,
  id: string,
  checkpoint: string | undefined,
  question: PredictTask['question'],
): Promise<string> {
  const parameters = await chooseParameters(context, id, checkpoint);
  const plan = await readPlan(context.db, id);
  if (plan === null) throw new DescentError('JOB_NOT_FOUND', { jobId: id });
  const { model: spec, data } = plan.request;
  const { artifactPlace } = context;
  const source = { spec, data, manifest: plan.manifest, seed: plan.seed };
  return unwrap(await context.threads.predict({ jobId: id, parameters, artifactPlace, source, question }));
}

function asItIs(text: unknown): string {
  return String(text);
}
