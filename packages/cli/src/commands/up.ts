import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import type { CliConfig } from '../config.ts';
import type { CommandContext } from '../context.ts';
import { hostAndPort, wholeNumber } from '../options.ts';
import type { Stack } from '../stack/start-stack.ts';
import { summary } from '../stack/summary.ts';

interface Options {
  readonly port: number;
  readonly host: string;
  readonly dataDir?: string;
  readonly workers?: number;
  readonly separate?: boolean;
  readonly workerAddress?: string;
  readonly json?: boolean;
}

export function addUp(program: Command, context: CommandContext): void {
  const { config, stdout, stderr } = context;
  program
    .command('up')
    .description('Start the whole service on this machine and keep it running until Ctrl-C.')
    .option('-p, --port <n>', 'port of the api and dashboard; 0: any free one', wholeNumber(0, 65_535), 7070)
    .option('--host <address>', 'address to listen on; 0.0.0.0: reachable from other machines', '127.0.0.1')
    .option('--data-dir <dir>', 'everything that is kept (default: DESCENT_DATA_DIR, else .descent)')
    .option(
      '-w, --workers <n>',
      `workers, each computing on one thread (default: ${defaultWorkers(config.cores)} here: cores − 1, at most 8)`,
      wholeNumber(1, 256),
    )
    .option('--separate', 'a process for the parameter server and for every worker')
    .option(
      '--worker-address <host:port>',
      'let workers of other machines in (`descent worker`), which reach this one by that address',
      hostAndPort,
    )
    .option('--json', 'print {"url","token"} as the first line of stdout once ready')
    .addHelpText(
      'after',
      `
Starts a queue server (unless REDIS_URL names one), the api with its dashboard, a parameter server and the workers;
starts again what ends; stops all of it within 10 s. Parameter server and workers share a process, and memory instead
of sockets, unless --separate is given: a process that crashes then takes less with it.

Examples:
  $ descent up
  $ descent up --workers 4 --port 8080 --data-dir /srv/descent
  $ descent up --json --port 0`,
    )
    .action(async (options: Options) => {
      const stack = await launch(options, context);
      const { url, token } = stack;
      if (options.json) stdout.write(`${JSON.stringify({ url, token })}\n`);
      else stderr.write(`${summary(stack, workersOf(options, config))}\n`);
      await stack.stopped;
      stderr.write('Stopped.\n');
    });
}

async function launch(
  options: Options,
  { config, stderr, signal, forceSignal }: CommandContext,
): Promise<Stack> {
  // Loaded here alone: the commands that only ask a service start in half the time without it.
  const { startStack } = await import('../stack/start-stack.ts');
  return startStack({
    dataDir: resolve(
      config.workingDir,
      options.dataDir ?? config.dataDir ?? join(config.workingDir, '.descent'),
    ),
    host: options.host,
    port: options.port,
    workers: workersOf(options, config),
    separate: options.separate ?? false,
    workerAddress: options.workerAddress,
    redisUrl: config.redisUrl,
    env: config.env,
    temporaryDir: config.temporaryDir,
    tell: (text) => void stderr.write(`${text}\n`),
    signal,
    forceSignal,
  });
}

function workersOf({ workers }: Options, { cores }: CliConfig): number {
  return workers ?? defaultWorkers(cores);
}

/** One core is left to the parameter server; each worker computes on one thread and takes 150 MB or more. */
function defaultWorkers(cores: number): number {
  return Math.max(1, Math.min(cores - 1, 8));
}
