import { type JobState, jobStates } from '@descent/contracts';
import { type Command, Option } from 'commander';
import { type ConnectionOptions, connect, withConnectionOptions } from '../connection.ts';
import type { CommandContext } from '../context.ts';
import { percent, scores, table } from '../format.ts';
import { wholeNumber } from '../options.ts';

interface Options extends ConnectionOptions {
  readonly state?: JobState;
  readonly limit: number;
  readonly json?: boolean;
}

export function addLs(program: Command, context: CommandContext): void {
  withConnectionOptions(program.command('ls'))
    .description('List training jobs, newest first.')
    .addOption(new Option('--state <state>', 'only jobs in this state').choices(jobStates))
    .option('--limit <n>', 'at most this many', wholeNumber(1, 200), 20)
    .option('--json', 'print the jobs as one JSON line')
    .addHelpText('after', '\nExamples:\n  $ descent ls\n  $ descent ls --state running --json')
    .action(async ({ state, limit, json, ...options }: Options) => {
      const client = connect(options, context.config);
      const { signal } = context;
      const { jobs } = await client.jobs.list({ limit, signal, ...(state !== undefined && { state }) });
      if (json) {
        context.stdout.write(`${JSON.stringify(jobs)}\n`);
        return;
      }
      if (jobs.length === 0) {
        context.stderr.write('No jobs. Submit one: descent submit FILE\n');
        return;
      }
      const rows = jobs.map((job) => [
        job.id,
        job.state,
        percent(job.progress.step / Math.max(1, job.progress.steps)),
        job.validation === null ? '–' : scores(job.validation),
        job.createdAt.slice(0, 19).replace('T', ' '),
        job.name,
      ]);
      context.stdout.write(
        `${table([['id', 'state', 'done', 'validation', 'created (UTC)', 'name'], ...rows])}\n`,
      );
    });
}
