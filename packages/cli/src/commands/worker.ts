import { spawn } from 'node:child_process';
import { join } from 'node:path';
import type { Command } from 'commander';
import { type ConnectionOptions, findConnection, withConnectionOptions } from '../connection.ts';
import type { CommandContext } from '../context.ts';
import { exitCodes } from '../exit-code.ts';
import { wholeNumber } from '../options.ts';

interface Options extends ConnectionOptions {
  readonly name?: string;
  readonly threads: number;
  readonly cacheDir?: string;
}

export function addWorker(program: Command, context: CommandContext): void {
  const { config, stderr, signal, forceSignal } = context;
  withConnectionOptions(program.command('worker'))
    .description('Lend this machine to a service: compute gradients until Ctrl-C.')
    .option('--name <name>', 'how it is called (default: the name of this machine)')
    .option(
      '--threads <n>',
      'threads of one operation; workers of one job need the same',
      wholeNumber(1, 256),
      1,
    )
    .option('--cache-dir <dir>', 'where samples are kept between jobs')
    .addHelpText(
      'after',
      `
Needs a token with the scope worker (\`descent token create lab --scopes worker\`, for one team with --lent-to), and a
service that was started with --worker-address. It gets gradient jobs from the service and reaches its parameter servers;
it needs neither the queue nor any other secret, and reads the samples of the jobs that it serves alone.
DESCENT_ENGINE and DESCENT_DEVICE choose what computes; by default a GPU where there is one.

Examples:
  $ descent worker --server https://lab.example --token dsc_…
  $ DESCENT_DEVICE=cuda descent worker --server http://10.0.0.2:7070 --name gpu-3`,
    )
    .action(async ({ name, threads, cacheDir, ...options }: Options) => {
      const { url, token } = findConnection(options, config);
      const { serviceMain } = await import('../stack/parts.ts');
      // In the environment and not among the arguments, which every user of a machine can list.
      const child = spawn(process.execPath, [serviceMain('worker')], {
        stdio: 'inherit',
        env: {
          ...config.env,
          DESCENT_API_URL: url.replace(/\/$/, ''),
          DESCENT_WORKER_TOKEN: token,
          DESCENT_CACHE_DIR: cacheDir ?? join(config.temporaryDir, 'descent-worker-cache'),
          DESCENT_THREADS: String(threads),
          ...(name === undefined ? {} : { DESCENT_NAME: name }),
        },
      });
      signal.addEventListener('abort', () => child.kill('SIGTERM'), { once: true });
      forceSignal.addEventListener('abort', () => child.kill('SIGKILL'), { once: true });
      const code = await new Promise<number | null>((resolve) => child.once('exit', resolve));
      if (code === 0 || signal.aborted) stderr.write('The worker has left.\n');
      else context.setExitCode(exitCodes.unavailable);
    });
}
