import { readFile } from 'node:fs/promises';
import { anybody } from '../http/policy.ts';
import type { Routes } from './routes.ts';

const file = new URL('../../sdk/python/descent.py', import.meta.url);

/** The Python module, for `curl -O`: of the same version as the service, and without a package index. */
export function pythonSdkRoute(app: Routes): void {
  app.get('/sdk/python/descent.py', { config: anybody, schema: { hide: true } }, async (_request, reply) =>
    reply
      .type('text/x-python; charset=utf-8')
      .header('content-disposition', 'attachment; filename="descent.py"')
      .header('cache-control', 'no-cache')
      .send(await readFile(file)),
  );
}
