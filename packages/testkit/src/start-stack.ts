import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, watch } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { createClient, type DescentClient } from '@descent/client';
import { findLeaks } from './find-leaks.ts';
import { cleanEnvironment, descentCommand } from './run-descent.ts';
import { whenFile } from './when-file.ts';

const longestStopMs = 10_000;

export interface StackOptions {
  /** Default 2. */
  readonly workers?: number;
  /** `one`: parameter server and workers in one process, as users have it by default. Default: processes that can be killed one by one. */
  readonly processes?: 'one' | 'separate';
  /** Kept after `stop`. Left out: a folder of its own that goes with the stack. */
  readonly dataDir?: string;
  /** `host:port` by which workers of a network reach it; left out: they cannot. */
  readonly workerAddress?: string;
  /** Added to the environment of every process. */
  readonly env?: Readonly<Record<string, string>>;
  /** `embedded`: as on a machine without Redis. `auto` (default): what `descent up` finds, but never REDIS_URL. */
  readonly redis?: 'embedded' | 'auto';
}

/** A line of `processes.json`, as `descent up` writes it. */
export interface ProcessRow {
  readonly name: string;
  readonly pid: number | null;
  readonly phase: string;
  readonly starts: number;
}

export interface Stack {
  readonly url: string;
  readonly token: string;
  readonly client: DescentClient;
  readonly dataDir: string;
  /** Of the supervisor. */
  readonly pid: number;
  /** What the supervisor wrote to stderr so far. */
  readonly stderr: string;
  processes(): ProcessRow[];
  /** Signals the process of a part and gives its id. Default SIGKILL. */
  kill(name: string, signal?: NodeJS.Signals): number;
  /** Resolves with the row of a part as soon as it fits. */
  whenProcess(name: string, fits: (row: ProcessRow) => boolean, timeoutMs?: number): Promise<ProcessRow>;
  /** Kills the process of a part and resolves when the next one runs. */
  replace(name: string): Promise<ProcessRow>;
  /**
   * Stops the stack as Ctrl-C does. Throws when that takes more than 10 s, when it ends with another exit code than 0,
   * or when something is left behind. The second call gives the first one's result.
   */
  stop(): Promise<{ readonly ms: number; readonly stdout: string }>;
}

/** Runs the built service as users do: `descent up`, on a free port. It ends with this process, whatever happens. */
export async function startStack(options: StackOptions = {}): Promise<Stack> {
  const { workers = 2, redis = 'auto', env = {}, processes: layout = 'separate' } = options;
  const scratch = mkdtempSync(join(tmpdir(), 'descent-test-'));
  const dataDir = options.dataDir ?? join(scratch, 'data');
  mkdirSync(dataDir, { recursive: true });
  const mark = randomUUID();
  const args = ['up', '--json', '--port', '0', '--workers', String(workers), '--data-dir', dataDir];
  if (layout === 'separate') args.push('--separate');
  if (options.workerAddress !== undefined) args.push('--worker-address', options.workerAddress);
  const child = spawn(process.execPath, [descentCommand, ...args], {
    env: cleanEnvironment({
      TMPDIR: scratch,
      DESCENT_TEST_STACK: mark,
      ...(redis === 'embedded' && { PATH: scratch }),
      ...env,
    }),
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  let stderr = '';
  let stdout = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const closed = once(child, 'close');
  const { url, token } = await firstLine(child, (line) => {
    stdout += `${line}\n`;
  }).catch((error: Error) => {
    child.kill('SIGTERM');
    rmSync(scratch, { recursive: true, force: true });
    throw new Error(`descent up: ${error.message}\n${stderr}`);
  });

  const table = join(dataDir, 'processes.json');
  const pids = new Set<number>();
  const processes = (): ProcessRow[] => {
    try {
      const rows = JSON.parse(readFileSync(table, 'utf8')) as ProcessRow[];
      for (const { pid } of rows) if (pid !== null) pids.add(pid);
      return rows;
    } catch {
      return [];
    }
  };
  processes();
  const watcher = watch(dirname(table), processes);
  const rowOf = (name: string) => processes().find((row) => row.name === name);

  const whenProcess: Stack['whenProcess'] = (name, fits, timeoutMs = 30_000) =>
    whenFile(
      table,
      () => {
        const row = rowOf(name);
        return row !== undefined && fits(row) ? row : undefined;
      },
      { what: `${name} of the stack (${JSON.stringify(rowOf(name))})`, timeoutMs },
    );

  const kill: Stack['kill'] = (name, signal = 'SIGKILL') => {
    const pid = rowOf(name)?.pid;
    if (pid === undefined || pid === null) throw new Error(`the stack has no process ${name} now`);
    process.kill(pid, signal);
    return pid;
  };

  const end = async () => {
    const begun = performance.now();
    child.kill('SIGTERM');
    const [code] = (await closed) as [number | null];
    const ms = performance.now() - begun;
    watcher.close();
    const leaks = await findLeaks({ mark, pids, folder: scratch, url });
    rmSync(scratch, { recursive: true, force: true });
    if (leaks.length > 0) throw new Error(`the stack left behind:\n${leaks.join('\n')}\n${stderr}`);
    if (code !== 0) throw new Error(`the stack ended with exit code ${code}\n${stderr}`);
    if (ms > longestStopMs) throw new Error(`the stack took ${Math.round(ms)} ms to stop\n${stderr}`);
    return { ms, stdout };
  };
  let ending: ReturnType<typeof end> | undefined;

  return {
    url,
    token,
    client: createClient({ url, token }),
    dataDir,
    pid: child.pid ?? 0,
    get stderr() {
      return stderr;
    },
    processes,
    kill,
    whenProcess,
    replace(name) {
      const old = kill(name);
      return whenProcess(name, ({ pid, phase }) => phase === 'running' && pid !== null && pid !== old);
    },
    stop() {
      ending ??= end();
      return ending;
    },
  };
}

/** `{"url","token"}`; every line of stdout is given to `hear`. */
function firstLine(
  child: ChildProcess,
  hear: (line: string) => void,
): Promise<{ url: string; token: string }> {
  return new Promise((resolve, reject) => {
    if (child.stdout === null) throw new Error('no stdout');
    createInterface({ input: child.stdout }).on('line', (line) => {
      hear(line);
      try {
        resolve(JSON.parse(line) as { url: string; token: string });
      } catch {
        reject(new Error(`its first line is "${line}"`));
      }
    });
    child.once('error', reject);
    child.once('close', (code) => reject(new Error(`it ended with exit code ${code}`)));
  });
}
