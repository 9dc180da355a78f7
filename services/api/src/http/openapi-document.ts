import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createLogger } from '@descent/observability';
import { buildApp } from '../app.ts';

/** The OpenAPI document as text, read off the routes; nothing is started and no queue is needed. */
export async function openApiDocument(): Promise<string> {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'descent-openapi-'));
  const app = await buildApp({
    dataDir,
    serviceToken: 'no-route-is-called',
    queue: {
      add: async () => undefined,
      has: async () => new Map(),
      remove: async () => 0,
      ping: async () => undefined,
      gradients: () => {
        throw new Error('no worker joins');
      },
    },
    logger: createLogger({ name: 'openapi', level: 'silent', pretty: false }),
  });
  try {
    return `${JSON.stringify(app.server.swagger(), null, 2)}\n`;
  } finally {
    await app.server.close();
    await rm(dataDir, { recursive: true, force: true });
  }
}
