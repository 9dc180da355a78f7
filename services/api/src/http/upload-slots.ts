import { DescentError } from '@descent/errors';
import type { FastifyInstance } from 'fastify';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The body is a file that is streamed to the disk. */
    upload?: boolean;
  }
}

/** How many files a team may send at once, counted from the request to the end of its answer. */
export function limitUploads(app: FastifyInstance, perTeam: number): void {
  const underWay = new Map<string, number>();
  app.addHook('onRequest', async (request, reply) => {
    const team = request.token?.teamId;
    if (request.routeOptions.config.upload !== true || team === undefined) return;
    const before = underWay.get(team) ?? 0;
    if (before >= perTeam) {
      reply.header('retry-after', 5);
      throw new DescentError('TOO_MANY_UPLOADS', { limit: perTeam });
    }
    underWay.set(team, before + 1);
    reply.raw.once('close', () => {
      const left = (underWay.get(team) ?? 1) - 1;
      if (left === 0) underWay.delete(team);
      else underWay.set(team, left);
    });
  });
}
