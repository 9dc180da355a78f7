import type { Command } from 'commander';
import { compareJobs } from '../compare-jobs.ts';
import { type ConnectionOptions, connect, withConnectionOptions } from '../connection.ts';
import type { CommandContext } from '../context.ts';
import { decimal, table } from '../format.ts';
import { plainText } from '../plain-text.ts';

export function addCompare(program: Command, { config, stdout, signal }: CommandContext): void {
  withConnectionOptions(program.command('compare'))
    .description('Show jobs side by side: their scores, and the settings that differ.')
    .argument('<ids...>', 'job ids, at least two')
    .option('--json', 'print {"jobs","scores","settings"} as one JSON line')
    .addHelpText(
      'after',
      '\nExample:\n  $ descent compare job_01JD0000000000000000000000 job_01JD0000000000000000000001',
    )
    .action(async (ids: string[], { json, ...options }: ConnectionOptions & { json?: boolean }) => {
      const client = connect(options, config);
      const jobs = await Promise.all(ids.map((id) => client.jobs.get(id, { signal })));
      const { scores, settings } = compareJobs(jobs);
      if (json) {
        const named = jobs.map(({ id, name, state, progress }) => ({ id, name, state, progress }));
        stdout.write(`${JSON.stringify({ jobs: named, scores, settings })}\n`);
        return;
      }
      const rows = [
        ['', ...jobs.map(({ id }) => id)],
        ['name', ...jobs.map(({ name }) => plainText(name))],
        ['state', ...jobs.map(({ state }) => state)],
        ['step', ...jobs.map(({ progress }) => `${progress.step} of ${progress.steps}`)],
        ...Object.entries(scores).map(([name, values]) => [
          name,
          ...values.map((value) => (value === null ? '–' : decimal(value))),
        ]),
        ...Object.entries(settings).map(([path, values]) => [
          path,
          ...values.map((value) => (value === undefined ? '–' : plainText(String(value)))),
        ]),
      ];
      stdout.write(`${table(rows)}\n`);
    });
}
