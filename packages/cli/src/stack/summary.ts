import { table } from '../format.ts';
import type { Stack } from './start-stack.ts';

/** What to know about a stack that has just started. */
export function summary({ url, token, queue, folder }: Stack, workers: number): string {
  const link = token === null ? `${url}/` : `${url}/#token=${token}`;
  return [
    'Descent is ready.',
    '',
    table([
      ['  dashboard', link],
      ['  API docs', `${url}/docs`],
      ['  token', token ?? `unknown: ${folder.bootstrapTokenFile} is gone`],
      ['  queue', queue.note.replace(/^queue: /, '')],
      ['  workers', String(workers)],
      ['  data folder', folder.path],
      ['  logs', folder.logs],
    ]),
    '',
    'Submit a job:  descent submit examples/mnist-mlp.json --follow',
    'Stop:          Ctrl-C',
  ].join('\n');
}
