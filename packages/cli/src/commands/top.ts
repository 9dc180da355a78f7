import { setTimeout } from 'node:timers/promises';
import type { DescentClient } from '@descent/client';
import { createClient } from '@descent/client';
import type { ClusterWorker, Job } from '@descent/contracts';
import type { Command } from 'commander';
import { activeStates, describeCluster } from '../cluster-view.ts';
import { type ConnectionOptions, findConnection, withConnectionOptions } from '../connection.ts';
import type { CommandContext } from '../context.ts';
import { number } from '../options.ts';

interface Options extends ConnectionOptions {
  readonly every: number;
  readonly once?: boolean;
  readonly json?: boolean;
}

/** Leave the picture, clear it, back to it: the screen of before comes back at the end. */
const screen = {
  open: '\x1b[?1049h\x1b[?25l',
  home: '\x1b[H',
  clearBelow: '\x1b[J',
  clearLine: '\x1b[K',
  close: '\x1b[?25h\x1b[?1049l',
};

export function addTop(program: Command, { config, stdout, signal }: CommandContext): void {
  withConnectionOptions(program.command('top'))
    .description(
      'Show live what the cluster does: running and waiting jobs, workers and their load, reasons.',
    )
    .option('--every <s>', 'seconds between two looks', number(0.5, 3600), 2)
    .option('--once', 'look once and end; so it is anyway where no terminal is')
    .option('--json', 'look once and print { jobs, workers } as one JSON line: jobs that have not ended')
    .addHelpText('after', '\nCtrl-C ends it.\n\nExample:\n  $ descent top --every 5')
    .action(async ({ every, once, json, ...options }: Options) => {
      const connection = findConnection(options, config);
      const client = createClient(connection);
      const size = () => {
        const { rows = 1000, columns = 1000 } = stdout as { rows?: number; columns?: number };
        return { url: connection.url, rows, columns };
      };
      if (json || once || stdout.isTTY !== true) {
        const seen = await look(client, signal);
        stdout.write(`${json ? JSON.stringify(seen) : describeCluster(seen, size())}\n`);
        return;
      }
      stdout.write(screen.open);
      try {
        while (!signal.aborted) {
          const text = describeCluster(await look(client, signal), size());
          const lines = text.split('\n').map((line) => `${line}${screen.clearLine}`);
          stdout.write(`${screen.home}${lines.join('\n')}${screen.clearBelow}`);
          await setTimeout(every * 1000, undefined, { signal });
        }
      } catch (error) {
        if (!signal.aborted) throw error;
      } finally {
        stdout.write(screen.close);
      }
    });
}

async function look(
  client: DescentClient,
  signal: AbortSignal,
): Promise<{ readonly jobs: readonly Job[]; readonly workers: readonly ClusterWorker[] }> {
  const query = activeStates.map((state) => `state = ${state}`).join(' or ');
  const [{ jobs }, workers] = await Promise.all([
    client.jobs.list({ query, limit: 200, signal }),
    client.cluster.workers({ signal }),
  ]);
  return { jobs, workers };
}
