import { spawn } from 'node:child_process';
import type { Command } from 'commander';
import { type ConnectionOptions, findConnection, withConnectionOptions } from '../connection.ts';
import type { CommandContext } from '../context.ts';

/** What opens an address in the browser. The token is not in it: other users of the machine see command lines. */
const openers: Readonly<Partial<Record<NodeJS.Platform, readonly string[]>>> = {
  darwin: ['open'],
  win32: ['rundll32', 'url.dll,FileProtocolHandler'],
};

export function addOpen(program: Command, { config, stdout, stderr }: CommandContext): void {
  withConnectionOptions(program.command('open'))
    .description('Open the dashboard, or the page of a job, in the browser.')
    .argument('[id]', 'job id')
    .option('--json', 'print {"url"} as one JSON line and open nothing')
    .addHelpText('after', '\nExample:\n  $ descent open job_01JD0000000000000000000000')
    .action(async (id: string | undefined, { json, ...options }: ConnectionOptions & { json?: boolean }) => {
      const { url: base } = findConnection(options, config);
      const url = `${base.replace(/\/+$/, '')}/${id === undefined ? '' : `jobs/${encodeURIComponent(id)}`}`;
      if (json) {
        stdout.write(`${JSON.stringify({ url })}\n`);
        return;
      }
      stdout.write(`${url}\n`);
      const [program = 'xdg-open', ...args] = openers[process.platform] ?? [];
      if (!(await started(program, [...args, url])))
        stderr.write('No browser could be opened; the address is above\n');
    });
}

function started(program: string, args: readonly string[]): Promise<boolean> {
  return new Promise((resolve) => {
    const child = spawn(program, args, { stdio: 'ignore', detached: true });
    child.once('error', () => resolve(false));
    child.once('spawn', () => {
      child.unref();
      resolve(true);
    });
  });
}
