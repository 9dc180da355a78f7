import { existsSync } from 'node:fs';
import path from 'node:path';
import { DescentError } from '@descent/errors';
import fastifyStatic, { type FastifyStaticOptions } from '@fastify/static';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { openToAnybody } from './policy.ts';

const ours = /^\/(v1|internal|docs|sdk|metrics|healthz|readyz|openapi\.json)(\/|\?|$)/;

/**
 * Serves the built dashboard. It routes in the browser, so that an address of it that is no file gets its page; what
 * looks like an address of the API never does.
 */
export async function serveDashboard(app: FastifyInstance, folder: string | null): Promise<void> {
  const there = folder !== null && existsSync(path.join(folder, 'index.html'));
  await app.register(async (scope) => {
    openToAnybody(scope);
    if (there) await scope.register(fastifyStatic, filesOf(folder));
    scope.setNotFoundHandler((request: FastifyRequest, reply: FastifyReply) => {
      const wantsPage = request.method === 'GET' && (request.headers.accept ?? '').includes('text/html');
      if (there && wantsPage && !ours.test(request.url)) return reply.sendFile('index.html');
      throw new DescentError('ROUTE_NOT_FOUND', {
        method: request.method,
        path: request.url.split('?')[0],
      });
    });
  });
}

function filesOf(root: string): FastifyStaticOptions {
  return {
    root,
    wildcard: false,
    // Built files carry their hash in the name; the page that names them does not.
    setHeaders: (reply, file) => {
      const immutable = file.includes(`${path.sep}assets${path.sep}`);
      reply.header('cache-control', immutable ? 'public, max-age=31536000, immutable' : 'no-cache');
    },
  };
}
