import type { Command } from 'commander';
import { type ConnectionOptions, connect, withConnectionOptions } from '../connection.ts';
import type { CommandContext } from '../context.ts';
import { describeJob } from '../describe-job.ts';

export function addStatus(program: Command, context: CommandContext): void {
  withConnectionOptions(program.command('status'))
    .description('Show one training job.')
    .argument('<id>', 'job id')
    .option('--json', 'print the job as one JSON line')
    .addHelpText('after', '\nExample:\n  $ descent status job_01JD0000000000000000000000')
    .action(async (id: string, { json, ...options }: ConnectionOptions & { json?: boolean }) => {
      const job = await connect(options, context.config).jobs.get(id, { signal: context.signal });
      context.stdout.write(`${json ? JSON.stringify(job) : describeJob(job)}\n`);
    });
}
