import type { Announcement } from '@descent/contracts';
import type { Command } from 'commander';
import { type ConnectionOptions, connect, withConnectionOptions } from '../connection.ts';
import type { CommandContext } from '../context.ts';
import { table } from '../format.ts';

interface Options extends ConnectionOptions {
  readonly pause?: boolean;
  readonly from?: string;
  readonly until?: string;
  readonly withdraw?: string;
  readonly json?: boolean;
}

export function addAnnounce(program: Command, context: CommandContext): void {
  const { config, stdout, signal } = context;
  withConnectionOptions(program.command('announce'))
    .description('Announce something to everybody (staff); without a message list what is announced.')
    .argument('[message]')
    .option('--pause', 'a maintenance: workers finish what they have, jobs write a checkpoint and wait')
    .option('--from <time>', 'when it begins (default: now): 2026-02-01T12:00:00Z')
    .option('--until <time>', 'when it ends (default: when it is withdrawn)')
    .option('--withdraw <id>', 'take an announcement back; a maintenance ends with it')
    .option('--json', 'print the answer as one JSON line')
    .addHelpText(
      'after',
      `
Examples:
  $ descent announce "The machine room is cleaned on Friday" --pause --from 2026-02-06T08:00:00Z --until 2026-02-06T10:00:00Z
  $ descent announce
  $ descent announce --withdraw ann_01HZX…`,
    )
    .action(async (message: string | undefined, options: Options) => {
      const { pause, from, until, withdraw, json, ...connection } = options;
      const { cluster } = connect(connection, config);
      const say = (value: unknown, text: string) => stdout.write(`${json ? JSON.stringify(value) : text}\n`);
      if (withdraw !== undefined) {
        await cluster.withdraw(withdraw, { signal });
        say({ withdrawn: withdraw }, `${withdraw} is withdrawn`);
        return;
      }
      if (message === undefined) {
        const all = await cluster.announcements({ signal });
        say(all, table([['id', 'from', 'until', '', 'message'], ...all.map(row)]));
        return;
      }
      const made = await cluster.announce(
        {
          message,
          pausesWork: pause === true,
          ...(from === undefined ? {} : { startsAt: from }),
          ...(until === undefined ? {} : { endsAt: until }),
        },
        { signal },
      );
      say(made, made.id);
    });
}

function row({ id, startsAt, endsAt, pausesWork, message }: Announcement): string[] {
  const time = (text: string) => text.slice(0, 16).replace('T', ' ');
  return [id, time(startsAt), endsAt === null ? '–' : time(endsAt), pausesWork ? 'pauses work' : '', message];
}
