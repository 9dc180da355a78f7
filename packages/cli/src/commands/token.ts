import { type Scope, scopes } from '@descent/contracts';
import { type Command, InvalidArgumentError } from 'commander';
import { type ConnectionOptions, connect, withConnectionOptions } from '../connection.ts';
import type { CommandContext } from '../context.ts';
import { table } from '../format.ts';
import { wholeNumber } from '../options.ts';
import { findTeam } from './team.ts';

type Options = ConnectionOptions & { readonly json?: boolean };

export function addToken(program: Command, context: CommandContext): void {
  const { config, stdout, stderr, signal } = context;
  const token = program.command('token').description('API tokens: yours, and those of workers.');
  const command = (name: string) =>
    withConnectionOptions(token.command(name)).option('--json', 'print the answer as one JSON line');

  command('create')
    .description('Make a token; it is printed this once.')
    .argument('<name>', 'what it is for')
    .option('--scopes <list>', `some of ${scopes.join(', ')}; worker stands alone`, readScopes, [
      'read',
      'submit',
    ])
    .option('--days <n>', 'how long it is valid (default: until it is revoked)', wholeNumber(1, 1825))
    .option('--lent-to <team>', 'with scope worker: the only team that the workers serve, by name or id')
    .addHelpText(
      'after',
      '\nExamples:\n  $ descent token create notebook --scopes read,submit --days 90\n  $ descent token create lab-gpus --scopes worker',
    )
    .action(async (name: string, options: Options & { scopes: Scope[]; days?: number; lentTo?: string }) => {
      const client = connect(options, config);
      const { days, lentTo } = options;
      const made = await client.accounts.createToken(
        {
          name,
          scopes: options.scopes,
          ...(days === undefined ? {} : { expiresInSeconds: days * 24 * 3600 }),
          ...(lentTo === undefined ? {} : { lentTo: (await findTeam(client, lentTo, signal)).id }),
        },
        { signal },
      );
      stdout.write(`${options.json ? JSON.stringify(made) : made.secret}\n`);
      if (!options.json) stderr.write(`${made.token.id}. It is not shown again.\n`);
    });

  command('ls')
    .description('List your tokens; for owners those of the team, for staff all.')
    .action(async ({ json, ...options }: Options) => {
      const tokens = await connect(options, config).accounts.tokens({ signal });
      const rows = tokens.map((one) => [
        one.id,
        one.name,
        one.member.name,
        one.scopes.join(','),
        one.revokedAt === null ? (one.expiresAt?.slice(0, 10) ?? 'never') : 'revoked',
        one.lastUsedAt?.slice(0, 16).replace('T', ' ') ?? '–',
      ]);
      const head = ['id', 'name', 'of', 'scopes', 'ends', 'last used (UTC)'];
      stdout.write(`${json ? JSON.stringify(tokens) : table([head, ...rows])}\n`);
    });

  command('revoke')
    .description('Revoke a token, from this moment on; streams that are open with it close.')
    .argument('<id>', 'token id (tok_…)')
    .action(async (id: string, { json, ...options }: Options) => {
      await connect(options, config).accounts.revokeToken(id, { signal });
      stdout.write(`${json ? JSON.stringify({ revoked: id }) : `${id} is revoked`}\n`);
    });
}

function readScopes(text: string): Scope[] {
  const given = text.split(',').map((one) => one.trim());
  const unknown = given.find((one) => !(scopes as readonly string[]).includes(one));
  if (unknown !== undefined) throw new InvalidArgumentError(`"${unknown}" is none of ${scopes.join(', ')}.`);
  return given as Scope[];
}
