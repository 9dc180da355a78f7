import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { type ConnectionOptions, connect, withConnectionOptions } from '../connection.ts';
import type { CommandContext } from '../context.ts';

interface Options extends ConnectionOptions {
  readonly out?: string;
  readonly json?: boolean;
}

export function addTrace(program: Command, context: CommandContext): void {
  const { stdout, stderr, signal } = context;
  withConnectionOptions(program.command('trace'))
    .description('Save where the time of the latest steps of a job went, for chrome://tracing or Perfetto.')
    .argument('<id>', 'job id')
    .option('-o, --out <file>', 'where to write it, - for standard output (default: ID.trace.json)')
    .option('--json', 'print {"path","events"} as one JSON line')
    .addHelpText('after', '\nExample:\n  $ descent trace job_01JD0000000000000000000000 -o steps.json')
    .action(async (id: string, { out, json, ...options }: Options) => {
      const trace = await connect(options, context.config).jobs.trace(id, { signal });
      const text = `${JSON.stringify(trace)}\n`;
      const events = trace.traceEvents.length;
      if (events === 0) stderr.write('No step of this job has been timed yet.\n');
      if (out === '-') {
        stdout.write(text);
        return;
      }
      const path = resolve(context.config.workingDir, out ?? `${id}.trace.json`);
      await writeFile(path, text, { signal });
      stdout.write(`${json ? JSON.stringify({ path, events }) : path}\n`);
    });
}
