import { ForkRequest, validate } from '@descent/contracts';
import { Type } from 'typebox';
import type { Context } from '../context.ts';
import { callerOf } from '../http/authorize.ts';
import { requires } from '../http/policy.ts';
import { failures, ref } from '../http/schemas.ts';
import { forkJob } from '../jobs/fork-job.ts';
import { presentJob } from '../jobs/present-job.ts';
import { IdempotencyKey, JobParams } from './params.ts';
import type { Routes } from './routes.ts';

const Headers = Type.Object({ 'idempotency-key': Type.Optional(IdempotencyKey) });

export function forkJobRoute(app: Routes, context: Context): void {
  app.post(
    '/jobs/:id/fork',
    {
      config: { ...requires('submit', { object: 'job' }), work: 'submission' },
      schema: {
        operationId: 'forkJob',
        summary: 'Go on from a checkpoint as a new job, with other settings if wanted',
        description:
          'In any state of the first job, which is left as it is. With no setting changed the new job ends with the bits of the first.',
        tags: ['jobs'],
        params: JobParams,
        headers: Headers,
        body: ref('ForkRequest'),
        response: {
          200: { description: 'A repeated Idempotency-Key', ...ref('Job') },
          201: { description: 'Created', ...ref('Job') },
          ...failures(404, 409, 415, 422, 503),
        },
      },
    },
    async (request, reply) => {
      const { job, created } = await forkJob(context, {
        jobId: request.params.id,
        body: validate(ForkRequest, request.body ?? {}),
        caller: callerOf(request),
        idempotencyKey: request.headers['idempotency-key'] ?? null,
      });
      const body = await presentJob(context, job, callerOf(request));
      if (!created) return reply.status(200).send(body);
      return reply.status(201).header('location', `/v1/jobs/${job.id}`).send(body);
    },
  );
}
