import { type JobEvent, jobEventTypes } from '@descent/contracts';
import { type Command, Option } from 'commander';
import { type ConnectionOptions, connect, withConnectionOptions } from '../connection.ts';
import type { CommandContext } from '../context.ts';
import { plainText } from '../plain-text.ts';

interface Options extends ConnectionOptions {
  readonly follow?: boolean;
  readonly type?: readonly JobEvent['type'][];
  readonly grep?: string;
  readonly json?: boolean;
}

export function addLogs(program: Command, { config, stdout, signal }: CommandContext): void {
  withConnectionOptions(program.command('logs'))
    .description('Print what happened to a training job.')
    .argument('<id>', 'job id')
    .option('-f, --follow', 'go on as it happens, until the job ends')
    .addOption(new Option('--type <type...>', 'only events of these types').choices(jobEventTypes))
    .option('--grep <text>', 'only events whose message contains it')
    .option('--json', 'print each event as a JSON line')
    .addHelpText(
      'after',
      `
Examples:
  $ descent logs job_01JD0000000000000000000000 -f
  $ descent logs job_01JD0000000000000000000000 --type worker-left restarted`,
    )
    .action(async (id: string, { follow, type, grep, json, ...options }: Options) => {
      const { jobs } = connect(options, config);
      const events = follow ? jobs.events(id, { signal }) : jobs.eventsSoFar(id, { signal });
      for await (const event of events) {
        if (type !== undefined && !type.includes(event.type)) continue;
        if (grep !== undefined && !event.message.includes(grep)) continue;
        stdout.write(`${json ? JSON.stringify(event) : inWords(event)}\n`);
      }
    });
}

function inWords({ time, type, message }: JobEvent): string {
  return `${time.slice(0, 19).replace('T', ' ')}  ${type.padEnd(16)}  ${plainText(message)}`;
}
