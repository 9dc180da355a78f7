import { type JobState, jobStates } from '@descent/contracts';
import { type Command, Option } from 'commander';
import { type ConnectionOptions, connect, withConnectionOptions } from '../connection.ts';
import type { CommandContext } from '../context.ts';
import { percent, scores, table } from '../format.ts';
import { wholeNumber } from '../options.ts';

interface Options extends ConnectionOptions {
  readonly state?: JobState;
  readonly sort?: string;
  readonly limit: number;
  readonly json?: boolean;
}

export function addLs(program: Command, context: CommandContext): void {
  withConnectionOptions(program.command('ls'))
    .description('List training jobs, newest first, or those that a query finds.')
    .argument('[query...]', 'words and comparisons, such as "metrics.accuracy > 0.9" (docs/search.md)')
    .addOption(new Option('--state <state>', 'only jobs in this state').choices(jobStates))
    .option('--sort <field>', 'a field of a query, with - in front for the largest first')
    .option('--limit <n>', 'at most this many', wholeNumber(1, 200), 20)
    .option('--json', 'print the jobs as one JSON line')
    .addHelpText(
      'after',
      `
Examples:
  $ descent ls
  $ descent ls --state running --json
  $ descent ls 'metrics.accuracy > 0.9 and optimizer.learningRate = 0.1' --sort=-metrics.accuracy
  $ descent ls tag = best owner = me`,
    )
    .action(async (words: string[], { state, sort, limit, json, ...options }: Options) => {
      const client = connect(options, context.config);
      const { signal } = context;
      const query = words.join(' ');
      const { jobs } = await client.jobs.list({
        limit,
        signal,
        ...(state !== undefined && { state }),
        ...(sort !== undefined && { sort }),
        ...(query !== '' && { query }),
      });
      if (json) {
        context.stdout.write(`${JSON.stringify(jobs)}\n`);
        return;
      }
      if (jobs.length === 0) {
        const found = query === '' ? 'No jobs. Submit one: descent submit FILE' : 'No job is like this';
        context.stderr.write(`${found}\n`);
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
