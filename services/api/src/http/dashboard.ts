import { existsSync } from 'node:fs';
import path from 'node:path';
import { DescentError } from '@descent/errors';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

const ours = /^\/(v1|internal|docs|metrics|healthz|readyz|openapi\.json)(\/|\?|$)/;

/**
 * Serves the built dashboard. It routes in the browser, so that an address of it that is no file gets its page; what
 * looks like an address of the API never does.
 */
export async function serveDashboard(app: FastifyInstance, folder: string | null): Promise<void> {
  const there = folder !== null && existsSync(path.join(folder, 'index.html'));
  if (folder !== null && there) {
    await app.register(fastifyStatic, {
      root: folder,
      wildcard: false,
      // Built files carry their hash in the name; the page that names them does not.
      setHeaders: (reply, file) => {
        const immutable = file.includes(`${path.sep}assets${path.sep}`);
        reply.header('cache-control', immutable ? 'public, max-age=31536000, immutable' : 'no-cache');
      },
    });
  }
  app.setNotFoundHandler((request: FastifyRequest, reply: FastifyReply) => {
    const wantsPage = request.method === 'GET' && (request.headers.accept ?? '').includes('text/html');
    if (there && wantsPage && !ours.test(request.url)) return reply.sendFile('index.html');
    throw new DescentError('ROUTE_NOT_FOUND', {
      method: request.method,
      path: request.url.split('?')[0],
    });
  });
}
