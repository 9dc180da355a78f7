import Fastify from 'fastify';
import { expect, test } from 'vitest';
import { anybody, openToAnybody, refuseUndeclared, requires } from './policy.ts';

test('a server with a route that declares no policy does not start, and names it', async () => {
  const app = Fastify();
  refuseUndeclared(app);
  app.get('/declared', { config: anybody }, async () => '');
  app.register(async (scope) => {
    scope.post('/forgotten/:id', async () => '');
  });
  await expect(app.ready()).rejects.toThrow('POST /forgotten/:id');
});

test('routes that plugins add may be opened as a whole', async () => {
  const app = Fastify();
  const { routes } = refuseUndeclared(app);
  app.get('/declared', { config: requires('read', { object: 'job' }) }, async () => '');
  app.register(async (scope) => {
    openToAnybody(scope);
    scope.get('/file', async () => '');
  });
  await app.ready();
  expect(
    new Set(routes.map(({ method, url, config }) => `${method} ${url} ${config?.policy?.access}`)),
  ).toEqual(
    new Set(['GET /declared token', 'HEAD /declared token', 'GET /file anybody', 'HEAD /file anybody']),
  );
  await app.close();
});
