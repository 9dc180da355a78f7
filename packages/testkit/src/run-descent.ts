import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** Path of the built `descent` command. */
export const descentCommand = join(
  dirname(createRequire(import.meta.url).resolve('@descent/cli/package.json')),
  'bin/descent.js',
);

export interface RunOptions {
  readonly cwd?: string;
  /** Added to the environment; undefined takes a variable away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly stdin?: string;
  readonly signal?: AbortSignal;
}

export interface CommandResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `descent` as a process of its own and collects what it says. */
export function runDescent(args: readonly string[], options: RunOptions = {}): Promise<CommandResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [descentCommand, ...args], {
      env: cleanEnvironment(options.env),
      stdio: ['pipe', 'pipe', 'pipe', 'ipc'],
      ...(options.cwd !== undefined && { cwd: options.cwd }),
      ...(options.signal !== undefined && { signal: options.signal, killSignal: 'SIGTERM' as const }),
    });
    let stdout = '';
    let stderr = '';
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    child.stdin?.on('error', () => {});
    child.stdin?.end(options.stdin ?? '');
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
}

/** The environment of the tests without what would change the behaviour of the service. */
export function cleanEnvironment(
  added: Readonly<Record<string, string | undefined>> = {},
): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^(?:DESCENT_|VITEST|NODE_OPTIONS$|NODE_ENV$|LOG_LEVEL$|REDIS_URL$)/.test(name),
  );
  const all = { ...Object.fromEntries(kept), ...added };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}
