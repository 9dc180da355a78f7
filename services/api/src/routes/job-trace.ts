import { findTrace } from '@descent/storage';
import type { Context } from '../context.ts';
import { requires } from '../http/policy.ts';
import { failures, ref } from '../http/schemas.ts';
import { chromeTrace } from '../jobs/chrome-trace.ts';
import { requireJob } from '../jobs/require-job.ts';
import { JobParams } from './params.ts';
import type { Routes } from './routes.ts';

export function jobTraceRoute(app: Routes, context: Context): void {
  app.get(
    '/jobs/:id/trace',
    {
      config: requires('read', { object: 'job' }),
      schema: {
        operationId: 'getJobTrace',
        summary: 'Where the time of the latest steps went, for chrome://tracing or Perfetto',
        description:
          'Chrome’s trace event format: a row for the parameter server with its steps, and two for each worker, what it does ' +
          'and what it sends. At most the latest 64 steps, up to five seconds old; no events before the first step.',
        tags: ['jobs'],
        params: JobParams,
        response: { 200: { description: 'The trace', ...ref('ChromeTrace') }, ...failures(404, 422) },
      },
    },
    async (request) => {
      const { id } = request.params;
      const { name } = await requireJob(context.db, id);
      return chromeTrace({ jobId: id, name }, await findTrace(context.db, id));
    },
  );
}
