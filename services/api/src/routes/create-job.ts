import { setImmediate as turnOfTheLoop } from 'node:timers/promises';
import { Closed } from '@descent/contracts';
import { Type } from 'typebox';
import type { Context } from '../context.ts';
import { callerOf } from '../http/authorize.ts';
import { requires } from '../http/policy.ts';
import { failures, ref } from '../http/schemas.ts';
import { presentJob } from '../jobs/present-job.ts';
import { submitJob } from '../jobs/submit-job.ts';
import { IdempotencyKey } from './params.ts';
import type { Routes } from './routes.ts';

const Query = Closed({
  dryRun: Type.Optional(
    Type.Boolean({ default: false, description: 'Check and price the job; create nothing' }),
  ),
});
const Headers = Type.Object({ 'idempotency-key': Type.Optional(IdempotencyKey) });

/** A model is data; weights are not part of it. Enough for large constant tables. */
const bodyLimitBytes = 8 * 2 ** 20;

export function createJobRoute(app: Routes, context: Context): void {
  app.post(
    '/jobs',
    {
      bodyLimit: bodyLimitBytes,
      config: { ...requires('submit'), work: 'submission' },
      schema: {
        operationId: 'createJob',
        summary: 'Submit a training job',
        description:
          'Checks the model, infers every shape, compares it with the data set and prices it; then the job waits in the line. ' +
          'A dry run ends there, with an `estimate` for the workers that are there. ' +
          'On any error nothing is created.',
        tags: ['jobs'],
        querystring: Query,
        headers: Headers,
        body: { anyOf: [ref('JobCreate'), ref('JobFromModel')] },
        response: {
          200: { description: 'Dry run, or a repeated Idempotency-Key', ...ref('Job') },
          201: { description: 'Created', ...ref('Job') },
          ...failures(404, 409, 413, 415, 422, 503),
        },
      },
    },
    async (request, reply) => {
      const { job, created, estimate } = await submitJob(context, {
        body: request.body,
        dryRun: request.query.dryRun ?? false,
        caller: callerOf(request),
        idempotencyKey: request.headers['idempotency-key'] ?? null,
      });
      // The log was just written and synced; others first.
      await turnOfTheLoop();
      const body = {
        ...(await presentJob(context, job, callerOf(request))),
        ...(estimate === null ? {} : { estimate }),
      };
      if (!created) return reply.status(200).send(body);
      return reply.status(201).header('location', `/v1/jobs/${job.id}`).send(body);
    },
  );
}
