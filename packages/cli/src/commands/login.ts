import { createClient, type DescentClient, readJoinLink } from '@descent/client';
import type { Identity } from '@descent/contracts';
import { DescentError } from '@descent/errors';
import type { Command } from 'commander';
import { type ConnectionOptions, connect, withConnectionOptions } from '../connection.ts';
import type { CommandContext } from '../context.ts';
import { type Login, removeLogin, writeLogin } from '../login-file.ts';

interface Options {
  readonly server?: string;
  readonly token?: string;
  readonly name?: string;
  readonly json?: boolean;
}

/** `login`, `logout` and `whoami`. */
export function addLogin(program: Command, context: CommandContext): void {
  const { config, stdout, stderr, signal } = context;

  program
    .command('login')
    .description('Join a team by a link, or keep a token for this machine; later commands use it.')
    .argument('[link]', 'a join link: http://host/#join=dsj_…')
    .option('--name <name>', 'with a link: your name (default: the one in the invitation)')
    .option('-s, --server <url>', 'without a link: address of the service (default: DESCENT_URL)')
    .option('-t, --token <token>', 'without a link: API token (default: read from standard input)')
    .option('--json', 'print who you are as one JSON line')
    .addHelpText(
      'after',
      `
Examples:
  $ descent login 'http://lab:7100/#join=dsj_…' --name Ada
  $ descent login --server http://lab:7100 < token.txt`,
    )
    .action(async (link: string | undefined, options: Options) => {
      const login =
        link === undefined ? await givenLogin(options, context) : await joinBy(link, options, context);
      const identity = await createClient({ url: login.server, token: login.token }).accounts.whoami({
        signal,
      });
      writeLogin(config.loginFile, login);
      stdout.write(`${options.json ? JSON.stringify(identity) : inWords(identity)}\n`);
      if (!options.json) stderr.write(`Kept in ${config.loginFile}\n`);
    });

  program
    .command('logout')
    .description(
      'Forget the token that `descent login` keeps. It stays valid: `descent token revoke` ends that.',
    )
    .option('--json', 'print nothing for people')
    .action(() => removeLogin(config.loginFile));

  withConnectionOptions(program.command('whoami'))
    .description('Say who the token speaks for, and what it may be used for.')
    .option('--json', 'print it as one JSON line')
    .action(async ({ json, ...options }: ConnectionOptions & { json?: boolean }) => {
      const identity = await connect(options, config).accounts.whoami({ signal });
      stdout.write(`${json ? JSON.stringify(identity) : inWords(identity)}\n`);
    });
}

async function joinBy(link: string, { name }: Options, { signal }: CommandContext): Promise<Login> {
  const found = readJoinLink(link);
  if (found === null) {
    throw new DescentError('OPTION_INVALID', {
      option: 'link',
      problem: 'must look like http://host/#join=dsj_…',
    });
  }
  const client: DescentClient = createClient({ url: found.server });
  const { secret } = await client.accounts.join(
    { code: found.code, ...(name === undefined ? {} : { name }) },
    { signal },
  );
  return { server: found.server, token: secret };
}

async function givenLogin(options: Options, { config, readLine }: CommandContext): Promise<Login> {
  const server = options.server ?? config.url;
  if (server === undefined || !URL.canParse(server)) {
    throw new DescentError('OPTION_INVALID', { option: '--server', problem: 'must be an http(s) address' });
  }
  const token = (options.token ?? (await readLine('Token: '))).trim();
  if (token === '') throw new DescentError('TOKEN_UNKNOWN', { url: server });
  return { server, token };
}

function inWords({ member, team, token }: Identity): string {
  const until = token.expiresAt === null ? '' : `, until ${token.expiresAt}`;
  return `${member.name}, ${member.role} of team ${team.name} (${team.id})\ntoken ${token.name}: ${token.scopes.join(', ')}${until}`;
}
