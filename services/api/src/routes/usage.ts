import { listUsage } from '@descent/storage';
import type { Context } from '../context.ts';
import { callerOf, teamSeen } from '../http/authorize.ts';
import { requires } from '../http/policy.ts';
import { failures, ref } from '../http/schemas.ts';
import type { Routes } from './routes.ts';

export function usageRoute(app: Routes, { db }: Context): void {
  app.get(
    '/usage',
    {
      config: requires('read'),
      schema: {
        operationId: 'getUsage',
        summary: 'Worker-seconds of each job of your team; for staff of all teams',
        description:
          'JSON by default; CSV with `Accept: text/csv`. The sum over a team is what its budget is held against.',
        tags: ['accounts'],
        response: {
          200: {
            description: 'All of it, newest job first',
            content: {
              'application/json': {
                schema: {
                  type: 'object',
                  required: ['usage'],
                  properties: { usage: { type: 'array', items: ref('UsageEntry') } },
                },
              },
              'text/csv': { schema: { type: 'string' } },
            },
          },
          ...failures(),
        },
      },
    },
    async (request, reply) => {
      const usage = await listUsage(db, teamSeen(callerOf(request)));
      if (!(request.headers.accept ?? '').includes('text/csv')) return { usage };
      const lines = usage.map(({ team, job, from, to, workerSeconds }) =>
        [team, job, from, to, workerSeconds.toFixed(3)].join(','),
      );
      return reply
        .type('text/csv; charset=utf-8')
        .serializer((text: unknown) => String(text))
        .send(['team,job,from,to,worker_seconds', ...lines, ''].join('\n'));
    },
  );
}
