import type { Context } from '../context.ts';
import { callerOf } from '../http/authorize.ts';
import { requires } from '../http/policy.ts';
import { failures, ref } from '../http/schemas.ts';
import { actOnJob, type UserAction } from '../jobs/act-on-job.ts';
import { presentJob } from '../jobs/present-job.ts';
import { JobParams } from './params.ts';
import type { Routes } from './routes.ts';

const actions = {
  cancel: {
    summary: 'Stop a job for good',
    description: 'A waiting job ends at once; a running one when its parameter server has heard of it.',
  },
  pause: {
    summary: 'Pause a job',
    description: 'A running job writes a checkpoint first and goes on from there when it is resumed.',
  },
  resume: { summary: 'Let a paused job go on', description: 'It goes to the end of the line.' },
} as const satisfies Record<UserAction, { summary: string; description: string }>;

export function steerJobsRoutes(app: Routes, context: Context): void {
  for (const action of ['cancel', 'pause', 'resume'] as const) {
    app.post(
      `/jobs/:id/${action}`,
      {
        config: requires('submit', { object: 'job' }),
        schema: {
          operationId: `${action}Job`,
          ...actions[action],
          tags: ['jobs'],
          params: JobParams,
          response: { 200: { description: 'The job now', ...ref('Job') }, ...failures(404, 409, 422) },
        },
      },
      async (request) =>
        presentJob(context, await actOnJob(context, request.params.id, action), callerOf(request)),
    );
  }
}
