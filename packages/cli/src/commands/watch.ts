import type { DescentClient } from '@descent/client';
import type { Command } from 'commander';
import { withBreakdown } from '../breakdown-view.ts';
import { type ConnectionOptions, connect, withConnectionOptions } from '../connection.ts';
import type { CommandContext } from '../context.ts';
import { describeJob } from '../describe-job.ts';
import { describeTiming } from '../describe-timing.ts';
import { exitCodes } from '../exit-code.ts';
import { followJob } from '../follow-job.ts';
import { createProgressView } from '../progress-view.ts';

interface Options extends ConnectionOptions {
  readonly json?: boolean;
  readonly breakdown?: boolean;
}

export function addWatch(program: Command, context: CommandContext): void {
  const { stdout, stderr, signal } = context;
  withConnectionOptions(program.command('watch'))
    .description('Show the progress of a training job until it ends.')
    .argument('<id>', 'job id')
    .option('--breakdown', 'also show where the time of a micro-batch goes')
    .option('--json', 'print every event and metric point as a JSON line, and the job at the end')
    .addHelpText(
      'after',
      `
Lines of --json: {"type":"event","event":…}, {"type":"metric","point":…}, last {"type":"job","job":…}.

Examples:
  $ descent watch job_01JD0000000000000000000000
  $ descent watch job_01JD0000000000000000000000 --breakdown
  $ descent watch job_01JD0000000000000000000000 --json | jq 'select(.type == "metric") | .point.values.loss'`,
    )
    .action(async (id: string, { json, breakdown, ...options }: Options) => {
      const client = connect(options, context.config);
      const clock = () => performance.now();
      const plain = createProgressView(stderr, clock);
      const view = breakdown ? withBreakdown(plain, clock) : plain;
      const write = (line: object) => void stdout.write(`${JSON.stringify(line)}\n`);
      const job = json
        ? await streamJob(client, id, write, signal)
        : await followJob(client, id, view, signal);
      if (json) write({ type: 'job', job });
      else stdout.write(`${describeJob(job)}\n`);
      if (breakdown && !json && job.timing !== undefined) stdout.write(`\n${describeTiming(job.timing)}\n`);
      if (job.state !== 'succeeded') context.setExitCode(exitCodes.jobFailed);
    });
}

async function streamJob(
  client: DescentClient,
  id: string,
  write: (line: object) => void,
  signal: AbortSignal,
) {
  const events = async () => {
    for await (const event of client.jobs.events(id, { signal })) write({ type: 'event', event });
  };
  const metrics = async () => {
    for await (const point of client.jobs.metrics(id, { signal })) write({ type: 'metric', point });
  };
  await Promise.all([events(), metrics()]);
  return client.jobs.waitUntilEnded(id, { signal });
}
