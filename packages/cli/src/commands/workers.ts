import type { ClusterWorker } from '@descent/contracts';
import { DescentError } from '@descent/errors';
import type { Command } from 'commander';
import { type ConnectionOptions, connect, withConnectionOptions } from '../connection.ts';
import type { CommandContext } from '../context.ts';
import { count, table } from '../format.ts';

type Options = ConnectionOptions & { readonly json?: boolean };

const actions = {
  pause: 'Let a worker finish its gradient job and then wait.',
  resume: 'Let a paused worker take gradient jobs again.',
  drain: 'Let a worker finish its gradient job and then end.',
} as const;

export function addWorkers(program: Command, context: CommandContext): void {
  const { config, stdout, signal } = context;
  const workers = program.command('workers').description('Who computes: list, pause, drain, remove.');
  const command = (name: string) =>
    withConnectionOptions(workers.command(name)).option('--json', 'print the answer as one JSON line');
  const say = (json: boolean | undefined, value: unknown, text: string) =>
    stdout.write(`${json ? JSON.stringify(value) : text}\n`);

  /** By id or name. */
  const find = async (which: string, options: Options): Promise<ClusterWorker> => {
    const all = await connect(options, config).cluster.workers({ signal });
    const found = all.find(({ id, name }) => id === which || name === which);
    if (found === undefined) throw new DescentError('WORKER_NOT_FOUND', { worker: `"${which}"` });
    return found;
  };

  command('ls')
    .description('List the workers that serve your team; for staff all workers.')
    .action(async ({ json, ...options }: Options) => {
      const all = await connect(options, config).cluster.workers({ signal });
      const head = ['name', 'state', 'engine', 'device', 'load', 'samples/s', 'job', 'owner', 'id'];
      say(json, all, table([head, ...all.map(row)]));
    });

  for (const [name, description] of Object.entries(actions) as [keyof typeof actions, string][]) {
    command(name)
      .description(description)
      .argument('<worker>', 'name or id')
      .action(async (which: string, { json, ...options }: Options) => {
        const { id } = await find(which, options);
        const changed = await connect(options, config).cluster.steerWorker(id, name, { signal });
        say(json, changed, `${changed.name} is ${changed.state}`);
      });
  }

  command('remove')
    .description('Send a worker away. To keep it out, revoke the token that it joins with.')
    .argument('<worker>', 'name or id')
    .action(async (which: string, { json, ...options }: Options) => {
      const { id, name } = await find(which, options);
      await connect(options, config).cluster.removeWorker(id, { signal });
      say(json, { removed: id }, `${name} is removed`);
    });
}

function row(worker: ClusterWorker): string[] {
  return [
    worker.name,
    worker.state,
    worker.engine,
    worker.device,
    `${Math.round(worker.load * 100)} %`,
    count(Math.round(worker.samplesPerSecond)),
    worker.job ?? '–',
    worker.owner?.name ?? '–',
    worker.id,
  ];
}
