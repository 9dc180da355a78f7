import type { Command } from 'commander';
import { type ConnectionOptions, connect, withConnectionOptions } from '../connection.ts';
import type { CommandContext } from '../context.ts';
import { describeJob, describePrice } from '../describe-job.ts';
import { exitCodes } from '../exit-code.ts';
import { followJob } from '../follow-job.ts';
import { createProgressView } from '../progress-view.ts';
import { readJobFile } from '../read-job-file.ts';

interface Options extends ConnectionOptions {
  readonly follow?: boolean;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

export function addSubmit(program: Command, context: CommandContext): void {
  const { stdout, stderr, signal } = context;
  withConnectionOptions(program.command('submit'))
    .description('Submit a training job (a JSON file, or - for standard input).')
    .argument('<file>', 'the job: { "model", "data", "training" }')
    .option('-f, --follow', 'show its progress and wait for its end')
    .option('-n, --dry-run', 'check and price the job; create nothing')
    .option('--json', 'print the job as one JSON line')
    .addHelpText(
      'after',
      `
Examples:
  $ descent submit examples/mnist-mlp.json
  $ descent submit job.json --dry-run           what would it cost, and is it right?
  $ descent submit job.json --follow --json     exit code 0: succeeded, 1: failed or cancelled`,
    )
    .action(async (file: string, options: Options) => {
      const request = await readJobFile(file);
      const client = connect(options, context.config);
      if (options.dryRun) {
        const job = await client.jobs.dryRun(request, { signal });
        const { price, layers, estimate } = job;
        stdout.write(`${options.json ? JSON.stringify({ price, layers, estimate }) : describePrice(job)}\n`);
        return;
      }
      const created = await client.jobs.create(request, { signal });
      if (!options.follow) {
        stdout.write(`${options.json ? JSON.stringify(created) : created.id}\n`);
        if (!options.json) stderr.write(`${created.reason}. Watch it: descent watch ${created.id}\n`);
        return;
      }
      stderr.write(`${created.id} ${created.name}\n`);
      const view = createProgressView(stderr, () => performance.now());
      const job = await followJob(client, created.id, view, signal);
      stdout.write(`${options.json ? JSON.stringify(job) : describeJob(job)}\n`);
      if (job.state !== 'succeeded') context.setExitCode(exitCodes.jobFailed);
    });
}
