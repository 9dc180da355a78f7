import { createClient, type DescentClient } from '@descent/client';
import { DescentError } from '@descent/errors';
import type { Command } from 'commander';
import type { CliConfig } from './config.ts';
import { readLogin } from './login-file.ts';
import { nearbyDataDirs, readStackFile } from './stack/stack-file.ts';

export interface ConnectionOptions {
  readonly server?: string;
  readonly token?: string;
  readonly dataDir?: string;
}

export interface Connection {
  readonly url: string;
  readonly token: string;
}

/** The options of every command that talks to a service. */
export function withConnectionOptions(command: Command): Command {
  return command
    .option(
      '-s, --server <url>',
      'address of the service (default: DESCENT_URL, else the stack of this machine, else of `descent login`)',
    )
    .option(
      '-t, --token <token>',
      'API token (default: DESCENT_TOKEN, else that of the stack or of `descent login`)',
    )
    .option('--data-dir <dir>', 'data folder of the stack on this machine (default: the nearest .descent)');
}

export function connect(options: ConnectionOptions, config: CliConfig): DescentClient {
  return createClient(findConnection(options, config));
}

/**
 * Options first, then the environment, then the stack that runs on this machine, then the last `descent login`.
 * @throws DescentError SERVER_UNKNOWN, TOKEN_UNKNOWN, OPTION_INVALID
 */
export function findConnection(options: ConnectionOptions, config: CliConfig): Connection {
  const local = localStack(options, config);
  const login = options.dataDir === undefined ? readLogin(config.loginFile) : null;
  const url =
    options.server ?? (options.dataDir === undefined ? config.url : undefined) ?? local?.url ?? login?.server;
  if (url === undefined) {
    const lookedAt = options.dataDir ?? config.dataDir ?? `.descent in ${config.workingDir} or above`;
    throw new DescentError('SERVER_UNKNOWN', { lookedAt });
  }
  if (!isHttp(url)) {
    throw new DescentError('OPTION_INVALID', {
      option: '--server',
      problem: `"${url}" is not an http(s) address`,
    });
  }
  // The token of the local stack is for that stack only, that of a login for its server: neither is shown to another.
  const isOf = (server: string) => new URL(server).origin === new URL(url).origin;
  const ofStack = local !== null && isOf(local.url) ? local.token : null;
  const ofLogin = login !== null && isOf(login.server) ? login.token : null;
  const token = options.token ?? config.token ?? ofStack ?? ofLogin ?? undefined;
  if (token === undefined) throw new DescentError('TOKEN_UNKNOWN', { url });
  return { url, token };
}

function localStack({ dataDir }: ConnectionOptions, config: CliConfig) {
  const named = dataDir ?? config.dataDir;
  const places = named === undefined ? nearbyDataDirs(config.workingDir) : [named];
  for (const place of places) {
    const stack = readStackFile(place);
    if (stack !== null) return stack;
  }
  return null;
}

function isHttp(url: string): boolean {
  return URL.canParse(url) && /^https?:$/.test(new URL(url).protocol);
}
