import type { JobEdit } from '@descent/contracts';
import { DescentError } from '@descent/errors';
import { type Command, Option } from 'commander';
import { type ConnectionOptions, connect, withConnectionOptions } from '../connection.ts';
import type { CommandContext } from '../context.ts';

interface Options extends ConnectionOptions {
  readonly name?: string;
  readonly notes?: string;
  readonly tag?: readonly string[];
  readonly untag?: readonly string[];
  readonly star?: boolean;
  readonly unstar?: boolean;
  readonly archive?: boolean;
  readonly unarchive?: boolean;
  readonly json?: boolean;
}

export function addEdit(program: Command, { config, stdout, signal }: CommandContext): void {
  withConnectionOptions(program.command('edit'))
    .description('Rename a job, or change its tags, notes, star or place in the archive.')
    .argument('<id>', 'job id')
    .option('--name <name>', 'another name')
    .option('--notes <text>', 'notes in place of those it has')
    .option('--tag <tag...>', 'tags to add')
    .option('--untag <tag...>', 'tags to take away')
    .addOption(new Option('--star', 'star it, for yourself').conflicts('unstar'))
    .option('--unstar', 'take your star away')
    .addOption(new Option('--archive', 'leave it out of lists, once it has ended').conflicts('unarchive'))
    .option('--unarchive', 'list it again')
    .option('--json', 'print the job as one JSON line')
    .addHelpText(
      'after',
      '\nExample:\n  $ descent edit job_01JD0000000000000000000000 --tag best lr-sweep --star',
    )
    .action(async (id: string, { tag, untag, json, ...options }: Options) => {
      const { jobs } = connect(options, config);
      const { name, notes, star, unstar, archive, unarchive } = options;
      const edit: JobEdit = {
        ...(name !== undefined && { name }),
        ...(notes !== undefined && { notes }),
        ...((star || unstar) && { starred: star === true }),
        ...((archive || unarchive) && { archived: archive === true }),
        ...((tag ?? untag) !== undefined && {
          tags: changed((await jobs.get(id, { signal })).tags ?? [], tag ?? [], untag ?? []),
        }),
      };
      if (Object.keys(edit).length === 0)
        throw new DescentError('OPTION_INVALID', {
          option: 'edit',
          problem: 'needs an option that says what to change',
        });
      const job = await jobs.edit(id, edit, { signal });
      const tags = job.tags?.length ? ` [${job.tags.join(', ')}]` : '';
      stdout.write(`${json ? JSON.stringify(job) : `${job.id} ${job.name}${tags}`}\n`);
    });
}

function changed(tags: readonly string[], add: readonly string[], take: readonly string[]): string[] {
  return [...new Set([...tags, ...add])].filter((tag) => !take.includes(tag));
}
