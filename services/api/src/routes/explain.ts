import { DescentError } from '@descent/errors';
import { findJob, listCheckpoints, readPlan } from '@descent/storage';
import type { FastifyReply } from 'fastify';
import type { Context } from '../context.ts';
import type { JobToExplain } from '../explain/explain-job.ts';
import { requires } from '../http/policy.ts';
import { failures, ref } from '../http/schemas.ts';
import { unwrap } from '../threads/answer.ts';
import { JobParams } from './params.ts';
import type { Routes } from './routes.ts';

/** Enough for 256 images, or for a model with large constant tables. */
const bodyLimitBytes = 16 * 2 ** 20;

const answer = { description: 'Every value of the forward pass with its gradient', ...ref('Explanation') };

/** In a scope of its own: here a JSON body stays text, which the thread reads. */
export function explainRoutes(app: Routes, context: Context): void {
  app.removeContentTypeParser('application/json');
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, body, done) =>
    done(null, body),
  );

  app.post(
    '/jobs/:id/explain',
    {
      bodyLimit: bodyLimitBytes,
      config: { ...requires('read', { object: 'job' }), work: 'computation' },
      schema: {
        operationId: 'explainJob',
        summary: 'Values that flow forward and gradients that flow back, for samples of a job',
        description:
          'At any checkpoint and in double precision, as in training: dropout and batch statistics included. Gradients are ' +
          'those of the sum of the loss over the samples, each held against finite differences. An empty object explains the ' +
          'first sample of the training split with the newest parameters.',
        tags: ['jobs'],
        params: JobParams,
        body: ref('ExplainJobRequest'),
        response: { 200: answer, ...failures(404, 413, 415, 422) },
      },
    },
    async (request, reply) => {
      const job = await jobToExplain(context, request.params.id);
      return explained(context, job, request.body, reply);
    },
  );

  app.post(
    '/models/explain',
    {
      bodyLimit: bodyLimitBytes,
      config: { ...requires('read'), work: 'computation' },
      schema: {
        operationId: 'explainModel',
        summary: 'Values and gradients of a model on a few numbers, without a job',
        tags: ['models'],
        body: ref('ExplainModelRequest'),
        response: { 200: answer, ...failures(413, 415, 422) },
      },
    },
    async (request, reply) => explained(context, null, request.body, reply),
  );
}

async function explained(
  { threads, artifactPlace }: Context,
  job: JobToExplain | null,
  body: unknown,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const text = unwrap(await threads.explain({ artifactPlace, job, body: String(body ?? '') }));
  return reply.type('application/json').serializer(asItIs).send(text);
}

async function jobToExplain({ db }: Context, id: string): Promise<JobToExplain> {
  const [job, plan] = await Promise.all([findJob(db, id), readPlan(db, id)]);
  if (job === null || plan === null) throw new DescentError('JOB_NOT_FOUND', { jobId: id });
  return {
    jobId: id,
    request: plan.request,
    manifest: plan.manifest,
    seed: plan.seed,
    checkpoints: await listCheckpoints(db, id),
    weights: job.weightsHash === null ? null : { hash: job.weightsHash, step: job.progress.step },
  };
}

function asItIs(text: unknown): string {
  return String(text);
}
