import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { FastifyInstance } from 'fastify';
import { anybody, openToAnybody } from './policy.ts';

export const apiVersion = '0.1.0';

export async function describeApi(app: FastifyInstance): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Descent',
        version: apiVersion,
        description:
          'Distributed deep-learning training as a service. Submit a model as data, train it on a queue of workers with a ' +
          'parameter server, follow the curves live. Every error has the same shape; its codes are listed in docs/errors.md.',
      },
      tags: [
        { name: 'jobs', description: 'Training jobs: submit, follow, steer, use' },
        { name: 'models', description: 'Models without a job: their graphs, and what flows through them' },
        { name: 'datasets', description: 'Data sets: built-in ones and uploads' },
        { name: 'accounts', description: 'Teams, members, invitations, tokens' },
        { name: 'service', description: 'Is it well' },
      ],
      components: {
        securitySchemes: {
          token: {
            type: 'http',
            scheme: 'bearer',
            bearerFormat: 'dsc_…',
            description: 'The first token is printed when the service starts for the first time.',
          },
          session: {
            type: 'apiKey',
            in: 'cookie',
            name: '__Host-descent',
            description:
              'Of a browser that has signed in with POST /v1/sessions; over plain HTTP `descent_<port>`.',
          },
        },
      },
    },
    refResolver: {
      buildLocalReference: (json, _base, _fragment, index) => String(json.$id ?? `def-${index}`),
    },
  });
  await app.register(async (scope) => {
    openToAnybody(scope);
    await scope.register(swaggerUi, {
      routePrefix: '/docs',
      uiConfig: { docExpansion: 'list', persistAuthorization: true },
    });
  });
  app.get('/openapi.json', { config: anybody, schema: { hide: true } }, (_request, reply) =>
    reply.type('application/json').send(app.swagger()),
  );
}
