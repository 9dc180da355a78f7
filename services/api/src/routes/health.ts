import { jobStates } from '@descent/contracts';
import { DescentError, isDescentError } from '@descent/errors';
import { countJobsByState, countTokens } from '@descent/storage';
import type { Context } from '../context.ts';
import { anybody, requires } from '../http/policy.ts';
import { bearer, failures, ref } from '../http/schemas.ts';
import type { Routes } from './routes.ts';

const parts = ['database', 'queue', 'storage'] as const;
type Part = (typeof parts)[number];

export function healthRoutes(app: Routes, context: Context, queue: { ping(): Promise<void> }): void {
  const probes: Record<Part, () => Promise<unknown>> = {
    database: () => countTokens(context.db),
    queue: () => queue.ping(),
    storage: () => context.artifacts.probe(),
  };

  app.get(
    '/healthz',
    {
      config: { ...anybody, rateLimit: false },
      schema: {
        operationId: 'getHealth',
        summary: 'The process answers',
        tags: ['service'],
        security: [],
        response: {
          200: {
            description: 'Alive',
            type: 'object',
            required: ['status'],
            properties: { status: { type: 'string', const: 'ok' } },
          },
        },
      },
    },
    async () => ({ status: 'ok' as const }),
  );

  app.get(
    '/readyz',
    {
      config: { ...anybody, rateLimit: false },
      schema: {
        operationId: 'getReadiness',
        summary: 'Database, queue and storage can be used',
        tags: ['service'],
        security: [],
        response: {
          200: {
            description: 'Ready',
            type: 'object',
            required: ['status', 'parts'],
            properties: {
              status: { type: 'string', const: 'ready' },
              parts: { type: 'object', additionalProperties: { type: 'string', const: 'ok' } },
            },
          },
          503: { description: 'A part cannot be reached; `details.parts` says which', ...ref('Error') },
        },
      },
    },
    async () => {
      const states = await Promise.all(
        parts.map(async (part) => [part, await stateOf(probes[part])] as const),
      );
      const broken = states.filter(([, state]) => state !== 'ok').map(([part]) => part);
      const all = Object.fromEntries(states);
      if (broken.length > 0)
        throw new DescentError('UNAVAILABLE', { part: broken.join(' and '), parts: all });
      return { status: 'ready' as const, parts: all };
    },
  );

  app.get(
    '/metrics',
    {
      config: { ...requires('read', { role: 'staff' }), rateLimit: false },
      schema: {
        operationId: 'getServiceMetrics',
        summary: 'Metrics of the service for Prometheus; with a token of staff',
        tags: ['service'],
        security: bearer,
        response: {
          200: { description: 'Text format', content: { 'text/plain': { schema: { type: 'string' } } } },
          ...failures(),
        },
      },
    },
    async (_request, reply) => {
      const counts = await countJobsByState(context.db);
      for (const state of jobStates) context.metrics.jobs.set({ state }, counts.get(state) ?? 0);
      const { registry } = context.metrics;
      return reply.type(registry.contentType).send(await registry.metrics());
    },
  );
}

async function stateOf(probe: () => Promise<unknown>): Promise<string> {
  try {
    await probe();
    return 'ok';
  } catch (error) {
    return isDescentError(error) ? error.message : 'failed';
  }
}
