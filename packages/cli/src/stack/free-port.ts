import { createServer } from 'node:net';
import { DescentError } from '@descent/errors';
import { messageOf } from './data-folder.ts';

/** @throws DescentError PORT_IN_USE, or OPTION_INVALID for a host that is not ours */
export async function requireFreePort(host: string, port: number): Promise<void> {
  if (port === 0) return;
  const problem = await bind(host, port);
  if (problem === null) return;
  if (isInUse(problem)) throw new DescentError('PORT_IN_USE', { host, port });
  const details = {
    option: `--host ${host} --port ${port}`,
    problem: `cannot be used: ${messageOf(problem)}`,
  };
  throw new DescentError('OPTION_INVALID', details, { cause: problem });
}

export async function isPortFree(host: string, port: number): Promise<boolean> {
  return (await bind(host, port)) === null;
}

function bind(host: string, port: number): Promise<Error | null> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', resolve);
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(null)));
  });
}

function isInUse(error: Error): boolean {
  return 'code' in error && error.code === 'EADDRINUSE';
}
