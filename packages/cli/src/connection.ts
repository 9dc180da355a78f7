import { createClient, type DescentClient } from '@descent/client';
import { DescentError } from '@descent/errors';
import type { Command } from 'commander';
import type { CliConfig } from './config.ts';
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
      'address of the service (default: DESCENT_URL, else the stack of this machine)',
    )
    .option('-t, --token <token>', 'API token (default: DESCENT_TOKEN, else that of the stack)')
    .option('--data-dir <dir>', 'data folder of the stack on this machine (default: the nearest .descent)');
}

export function connect(options: ConnectionOptions, config: CliConfig): DescentClient {
  return createClient(findConnection(options, config));
}

/**
 * Options first, then the environment, then the stack that runs on this machine.
 * @throws DescentError SERVER_UNKNOWN, TOKEN_UNKNOWN, OPTION_INVALID
 */
export function findConnection(options: ConnectionOptions, config: CliConfig): Connection {
  const local = localStack(options, config);
  const url = options.server ?? (options.dataDir === undefined ? config.url : undefined) ?? local?.url;
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
  // The token of the local stack is for that stack only: it is never shown to another server.
  const ofStack = local !== null && new URL(local.url).origin === new URL(url).origin ? local.token : null;
  const token = options.token ?? config.token ?? ofStack ?? undefined;
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
