import { Closed, JobId, JobState } from '@descent/contracts';
import { listJobs } from '@descent/storage';
import { Type } from 'typebox';
import type { Context } from '../context.ts';
import { callerOf, teamSeen } from '../http/authorize.ts';
import { requires } from '../http/policy.ts';
import { failures, ref } from '../http/schemas.ts';
import { presentJob, presentJobs } from '../jobs/present-job.ts';
import { requireJob } from '../jobs/require-job.ts';
import { JobParams } from './params.ts';
import type { Routes } from './routes.ts';

const Query = Closed({
  state: Type.Optional(JobState),
  cursor: Type.Optional({ ...JobId, description: '`nextCursor` of the page before' }),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200, default: 50 })),
});

export function readJobsRoutes(app: Routes, context: Context): void {
  app.get(
    '/jobs',
    {
      config: requires('read'),
      schema: {
        operationId: 'listJobs',
        summary: 'List training jobs, newest first',
        tags: ['jobs'],
        querystring: Query,
        response: {
          200: {
            description: 'A page',
            type: 'object',
            required: ['jobs', 'nextCursor'],
            properties: {
              jobs: { type: 'array', items: ref('Job') },
              nextCursor: {
                anyOf: [{ type: 'string' }, { type: 'null' }],
                description: 'null: the last page',
              },
            },
          },
          ...failures(422),
        },
      },
    },
    async (request) => {
      const { state, cursor, limit = 50 } = request.query;
      const rows = await listJobs(context.db, {
        limit: limit + 1,
        ...teamSeen(callerOf(request)),
        ...(state === undefined ? {} : { state }),
        ...(cursor === undefined ? {} : { before: cursor }),
      });
      const page = rows.slice(0, limit);
      const nextCursor = rows.length > limit ? (page.at(-1)?.id ?? null) : null;
      return { jobs: await presentJobs(context, page), nextCursor };
    },
  );

  app.get(
    '/jobs/:id',
    {
      config: requires('read', { object: 'job' }),
      schema: {
        operationId: 'getJob',
        summary: 'One training job',
        tags: ['jobs'],
        params: JobParams,
        response: { 200: { description: 'The job', ...ref('Job') }, ...failures(404, 422) },
      },
    },
    async (request) => presentJob(context, await requireJob(context.db, request.params.id)),
  );
}
