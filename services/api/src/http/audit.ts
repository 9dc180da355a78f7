import { appendAudit } from '@descent/storage';
import type { FastifyInstance } from 'fastify';
import type { Context } from '../context.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Id of what was changed or created, where neither the path nor the header `location` names it. */
    changed: string | null;
  }
}

const unsafe: ReadonlySet<string> = new Set(['POST', 'PUT', 'PATCH', 'DELETE']);

/**
 * Writes down every change that users make, before it is answered: an answered change has its line. What only reads
 * (predict, explain) needs the scope `read` and is no change. Who failed changed nothing; failures are in the log.
 */
export function auditChanges(app: FastifyInstance, { db, clock }: Context): void {
  app.decorateRequest('changed', null);
  app.addHook('onSend', async (request, reply) => {
    const { policy } = request.routeOptions.config;
    if (!unsafe.has(request.method) || reply.statusCode >= 300) return;
    if (policy === undefined || policy.access === 'ourProcesses') return;
    if (policy.access === 'token' && policy.scope === 'read') return;
    // Of a worker its coming is written down; heartbeats and work are not, nor is it a change.
    if (policy.access === 'token' && policy.scope === 'worker' && reply.statusCode !== 201) return;
    const { id } = request.params as { readonly id?: string };
    const created = String(reply.getHeader('location') ?? '')
      .split('/')
      .at(-1);
    const schema = request.routeOptions.schema as { readonly operationId?: string } | undefined;
    await appendAudit(db, {
      requestId: request.id,
      time: new Date(clock()).toISOString(),
      action: schema?.operationId ?? `${request.method} ${request.routeOptions.url}`,
      object: request.changed ?? (created === '' ? undefined : created) ?? id ?? null,
      team: request.token?.teamId ?? null,
      member: request.token?.memberId ?? null,
      token: request.token?.id ?? null,
      statusCode: reply.statusCode,
    });
  });
}
