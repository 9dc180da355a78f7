import { Closed, JobState } from '@descent/contracts';
import { findJobs } from '@descent/storage';
import { Type } from 'typebox';
import type { Context } from '../context.ts';
import { callerOf, teamSeen } from '../http/authorize.ts';
import { requires } from '../http/policy.ts';
import { failures, ref } from '../http/schemas.ts';
import { presentJob, presentJobs } from '../jobs/present-job.ts';
import { requireJob } from '../jobs/require-job.ts';
import { searchJobs } from '../search/search-jobs.ts';
import { JobParams } from './params.ts';
import type { Routes } from './routes.ts';

const Query = Closed({
  state: Type.Optional(JobState),
  query: Type.Optional(
    Type.String({
      maxLength: 1000,
      description: 'Words, and comparisons such as `metrics.accuracy > 0.9 and optimizer.learningRate = 0.1`',
    }),
  ),
  sort: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 200,
      default: '-created',
      description: 'A field of a query; with `-` in front the largest first',
    }),
  ),
  cursor: Type.Optional(Type.String({ maxLength: 400, description: '`nextCursor` of the page before' })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200, default: 50 })),
});

export function readJobsRoutes(app: Routes, context: Context): void {
  app.get(
    '/jobs',
    {
      config: requires('read'),
      schema: {
        operationId: 'listJobs',
        summary: 'List and search training jobs, newest first',
        description: 'Archived jobs are left out unless the query asks about `archived`.',
        tags: ['jobs'],
        querystring: Query,
        response: {
          200: {
            description: 'A page',
            type: 'object',
            required: ['jobs', 'nextCursor', 'complete'],
            properties: {
              jobs: { type: 'array', items: ref('Job') },
              nextCursor: {
                anyOf: [{ type: 'string' }, { type: 'null' }],
                description: 'null: the last page',
              },
              complete: {
                type: 'boolean',
                description: 'false: only the newest jobs were looked at, there are too many',
              },
            },
          },
          ...failures(422),
        },
      },
    },
    async (request) => {
      const caller = callerOf(request);
      const { ids, nextCursor, complete } = await searchJobs(context.db, {
        ...teamSeen(caller),
        ...request.query,
        limit: request.query.limit ?? 50,
        callerId: caller.memberId,
        nowMs: context.clock(),
      });
      const jobs = await presentJobs(context, await findJobs(context.db, ids), caller);
      return { jobs, nextCursor, complete };
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
    async (request) =>
      presentJob(context, await requireJob(context.db, request.params.id), callerOf(request)),
  );
}
