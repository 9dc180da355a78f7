import type { ForkRequest } from '@descent/contracts';
import type { Command } from 'commander';
import { type ConnectionOptions, connect, withConnectionOptions } from '../connection.ts';
import type { CommandContext } from '../context.ts';
import { readJsonFile } from '../read-job-file.ts';

interface Options extends ConnectionOptions {
  readonly checkpoint?: string;
  readonly name?: string;
  readonly settings?: string;
  readonly json?: boolean;
}

export function addFork(program: Command, context: CommandContext): void {
  withConnectionOptions(program.command('fork'))
    .description('Go on from a checkpoint of a job as a new job.')
    .argument('<id>', 'job id, in any state')
    .option('-c, --checkpoint <ck>', 'ck_<step>; the newest when left out')
    .option('--name <name>', 'name of the new job')
    .option(
      '--settings <file>',
      'JSON of what differs: { "training", "data", "maxWorkers", "reproducibility" }; - for standard input',
    )
    .option('--json', 'print the new job as one JSON line')
    .addHelpText(
      'after',
      `
Examples:
  $ descent fork job_01JD0000000000000000000000
  $ echo '{"training": {"epochs": 20, "schedule": null}}' | descent fork job_01JD… --checkpoint ck_400 --settings -`,
    )
    .action(async (id: string, { checkpoint, name, settings, json, ...options }: Options) => {
      const { stdout, stderr, signal, config } = context;
      const request: ForkRequest = {
        ...(settings === undefined ? {} : ((await readJsonFile(settings)) as ForkRequest)),
        ...(checkpoint === undefined ? {} : { checkpoint }),
        ...(name === undefined ? {} : { name }),
      };
      const job = await connect(options, config).jobs.fork(id, request, { signal });
      stdout.write(`${json ? JSON.stringify(job) : job.id}\n`);
      if (!json) stderr.write(`${job.name}: ${job.reason}. Watch it: descent watch ${job.id}\n`);
    });
}
