import { availableParallelism, homedir, tmpdir } from 'node:os';
import { join } from 'node:path';

/** What the environment decides. Only `main.ts` calls `readConfig`. */
export interface CliConfig {
  /** DESCENT_URL */
  readonly url: string | undefined;
  /** DESCENT_TOKEN */
  readonly token: string | undefined;
  /** DESCENT_DATA_DIR */
  readonly dataDir: string | undefined;
  /** REDIS_URL */
  readonly redisUrl: string | undefined;
  readonly cores: number;
  readonly workingDir: string;
  readonly temporaryDir: string;
  /** Passed on to the processes of a stack. */
  readonly env: NodeJS.ProcessEnv;
  /** What `descent login` keeps: $XDG_CONFIG_HOME/descent/login.json, or below ~/.config. */
  readonly loginFile: string;
}

export function readConfig(env: NodeJS.ProcessEnv): CliConfig {
  const given = (name: string) => (env[name] === '' ? undefined : env[name]);
  return {
    url: given('DESCENT_URL'),
    token: given('DESCENT_TOKEN'),
    dataDir: given('DESCENT_DATA_DIR'),
    redisUrl: given('REDIS_URL'),
    cores: availableParallelism(),
    workingDir: process.cwd(),
    temporaryDir: tmpdir(),
    env,
    loginFile: join(given('XDG_CONFIG_HOME') ?? join(homedir(), '.config'), 'descent', 'login.json'),
  };
}
