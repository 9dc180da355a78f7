import { JobEdit, validate } from '@descent/contracts';
import type { Context } from '../context.ts';
import { callerOf } from '../http/authorize.ts';
import { requires } from '../http/policy.ts';
import { failures, ref } from '../http/schemas.ts';
import { editJob } from '../jobs/edit-job.ts';
import { presentJob } from '../jobs/present-job.ts';
import { JobParams } from './params.ts';
import type { Routes } from './routes.ts';

export function editJobRoute(app: Routes, context: Context): void {
  app.patch(
    '/jobs/:id',
    {
      config: requires('submit', { object: 'job' }),
      schema: {
        operationId: 'editJob',
        summary: 'Rename a job, or change its tags, notes, star or place in the archive',
        tags: ['jobs'],
        params: JobParams,
        body: ref('JobEdit'),
        response: {
          200: { description: 'The job now', ...ref('Job') },
          ...failures(404, 409, 413, 415, 422),
        },
      },
    },
    async (request) => {
      const caller = callerOf(request);
      const edit = validate(JobEdit, request.body);
      return presentJob(context, await editJob(context, request.params.id, edit, caller), caller);
    },
  );
}
