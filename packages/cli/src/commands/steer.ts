import type { Command } from 'commander';
import { type ConnectionOptions, connect, withConnectionOptions } from '../connection.ts';
import type { CommandContext } from '../context.ts';

const actions = {
  cancel: 'Stop a training job for good.',
  pause: 'Pause a training job; a running one writes a checkpoint first.',
  resume: 'Let a paused training job go on where it stopped.',
} as const;

/** `cancel`, `pause` and `resume`. */
export function addSteer(program: Command, context: CommandContext): void {
  for (const action of ['cancel', 'pause', 'resume'] as const) {
    withConnectionOptions(program.command(action))
      .description(actions[action])
      .argument('<id>', 'job id')
      .option('--json', 'print the job as one JSON line')
      .addHelpText('after', `\nExample:\n  $ descent ${action} job_01JD0000000000000000000000`)
      .action(async (id: string, { json, ...options }: ConnectionOptions & { json?: boolean }) => {
        const job = await connect(options, context.config).jobs[action](id, { signal: context.signal });
        context.stdout.write(`${json ? JSON.stringify(job) : `${job.id} ${job.state}: ${job.reason}`}\n`);
      });
  }
}
