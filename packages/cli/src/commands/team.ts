import { type DescentClient, joinLink } from '@descent/client';
import { type Role, roles, type Team, type TeamChange } from '@descent/contracts';
import { DescentError } from '@descent/errors';
import { type Command, Option } from 'commander';
import { type ConnectionOptions, connect, findConnection, withConnectionOptions } from '../connection.ts';
import type { CommandContext } from '../context.ts';
import { count, table } from '../format.ts';
import { number, wholeNumber } from '../options.ts';

interface Settings {
  readonly weight?: number;
  readonly runningLimit?: number;
  readonly budget?: number;
  readonly storedBytes?: number;
  readonly due?: string;
}
type Options = ConnectionOptions & { readonly json?: boolean };

export function addTeam(program: Command, context: CommandContext): void {
  const { config, stdout, signal } = context;
  const team = program.command('team').description('Teams, their settings and their members.');
  const command = (name: string) =>
    withConnectionOptions(team.command(name)).option('--json', 'print the answer as one JSON line');
  const say = (json: boolean | undefined, value: unknown, text: string) =>
    stdout.write(`${json ? JSON.stringify(value) : text}\n`);

  command('ls')
    .description('List your team; for staff all teams.')
    .action(async ({ json, ...options }: Options) => {
      const teams = await connect(options, config).accounts.teams({ signal });
      const head = ['id', 'name', 'members', 'weight', 'running', 'budget', 'stored', 'due', ''];
      const rows = teams.map((one) => [
        one.id,
        one.name,
        String(one.members),
        String(one.weight),
        one.runningLimit === null ? '–' : String(one.runningLimit),
        one.budgetWorkerSeconds === null ? '–' : `${count(one.budgetWorkerSeconds)} s`,
        `${count(one.storedBytes)}${one.storedBytesLimit === null ? '' : ` of ${count(one.storedBytesLimit)}`}`,
        one.dueAt?.slice(0, 16).replace('T', ' ') ?? '–',
        one.paused ? 'paused' : '',
      ]);
      say(json, teams, table([head, ...rows]));
    });

  withSettings(command('create').description('Create a team (staff).').argument('<name>')).action(
    async (name: string, options: Options & Settings) => {
      const made = await connect(options, config).accounts.createTeam(
        { name, ...settingsOf(options) },
        { signal },
      );
      say(options.json, made, made.id);
    },
  );

  withSettings(
    command('set').description('Change the settings of a team (staff).').argument('<team>', 'name or id'),
  )
    .option('--name <name>', 'another name')
    .addOption(new Option('--pause', 'let its jobs wait').conflicts('resume'))
    .option('--resume', 'let its jobs run again')
    .action(
      async (
        which: string,
        options: Options & Settings & { name?: string; pause?: boolean; resume?: boolean },
      ) => {
        const client = connect(options, config);
        const change: TeamChange = {
          ...settingsOf(options),
          ...(options.name === undefined ? {} : { name: options.name }),
          ...(options.pause || options.resume ? { paused: options.pause === true } : {}),
        };
        const { id } = await findTeam(client, which, signal);
        const changed = await client.accounts.changeTeam(id, change, { signal });
        say(options.json, changed, `${changed.name} is changed`);
      },
    );

  command('members')
    .description('List the members of a team.')
    .argument('[team]', 'name or id (default: yours)')
    .action(async (which: string | undefined, { json, ...options }: Options) => {
      const client = connect(options, config);
      const { id } = await findTeam(client, which, signal);
      const members = await client.accounts.members(id, { signal });
      const rows = members.map((one) => [one.id, one.role, one.name, one.email ?? '–']);
      say(json, members, table([['id', 'role', 'name', 'email'], ...rows]));
    });

  command('invite')
    .description('Print a link to join a team.')
    .argument('[team]', 'name or id (default: yours)')
    .addOption(
      new Option('--role <role>', 'what the link makes of who opens it').choices(roles).default('member'),
    )
    .option('--uses <n>', 'how many may join by it', wholeNumber(1, 1000), 1)
    .option('--days <n>', 'how long it works', wholeNumber(1, 365), 14)
    .option('--name <name>', 'of whom you invite')
    .option('--email <email>', 'of whom you invite')
    .action(
      async (
        which: string | undefined,
        options: Options & { role: Role; uses: number; days: number; name?: string; email?: string },
      ) => {
        const client = connect(options, config);
        const { id } = await findTeam(client, which, signal);
        const { role, uses, days, name, email } = options;
        const made = await client.accounts.invite(
          id,
          { role, uses, expiresInSeconds: days * 24 * 3600, ...(name && { name }), ...(email && { email }) },
          { signal },
        );
        const link = joinLink(findConnection(options, config).url, made.code);
        say(options.json, { ...made, link }, link);
      },
    );

  command('role')
    .description('Change the role of a member.')
    .argument('<member>', 'member id')
    .argument('<role>', roles.join(', '))
    .action(async (member: string, role: Role, { json, ...options }: Options) => {
      const changed = await connect(options, config).accounts.changeRole(member, role, { signal });
      say(json, changed, `${changed.name} is ${changed.role}`);
    });

  command('remove')
    .description('Remove a member; its tokens are of no use any more, its jobs stay.')
    .argument('<member>', 'member id')
    .action(async (member: string, { json, ...options }: Options) => {
      await connect(options, config).accounts.removeMember(member, { signal });
      say(json, { removed: member }, `${member} is removed`);
    });
}

function withSettings(command: Command): Command {
  return command
    .option('--weight <n>', 'its part of the workers, against others (1 at first)', number(0.01, 1000))
    .option('--running-limit <n>', 'training jobs that may run at once', wholeNumber(1, 1000))
    .option('--budget <s>', 'worker-seconds it may use in all', number(0, Number.MAX_VALUE))
    .option('--stored-bytes <n>', 'bytes of its files', wholeNumber(0, Number.MAX_SAFE_INTEGER))
    .option('--due <time>', 'when its work is due: 2026-02-01T12:00:00Z');
}

function settingsOf({ weight, runningLimit, budget, storedBytes, due }: Settings): TeamChange {
  return {
    ...(weight === undefined ? {} : { weight }),
    ...(runningLimit === undefined ? {} : { runningLimit }),
    ...(budget === undefined ? {} : { budgetWorkerSeconds: budget }),
    ...(storedBytes === undefined ? {} : { storedBytesLimit: storedBytes }),
    ...(due === undefined ? {} : { dueAt: due }),
  };
}

/** By name or id; left out: the team of the token. @throws DescentError TEAM_NOT_FOUND */
export async function findTeam(
  client: DescentClient,
  which: string | undefined,
  signal: AbortSignal,
): Promise<Pick<Team, 'id' | 'name'>> {
  if (which === undefined) return (await client.accounts.whoami({ signal })).team;
  const teams = await client.accounts.teams({ signal });
  const found = teams.find(({ id, name }) => id === which || name === which);
  if (found === undefined) throw new DescentError('TEAM_NOT_FOUND', { team: `"${which}"` });
  return found;
}
