import { type ChildProcess, spawn } from 'node:child_process';
import { setPriority } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type LogFile, openLogFile } from './log-file.ts';
import { readLogLine, saysWhy } from './log-line.ts';
import type { PartPlan, StackEvent } from './stack-state.ts';

export interface Command {
  readonly file: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
}

/** A part of the stack with all that it takes to run it. */
export interface PartDefinition extends PartPlan {
  /** Called for each process; `start` counts them from 1. */
  command(start: number): Command;
  /** Steps aside for the other parts while they want the processor; it may otherwise use all of it. */
  readonly isBackground?: boolean;
  /** `message`: it sends `{ type: 'ready', … }` over IPC (and `{ type: 'left', reason }` when it leaves for good). A function: it resolves when the process answers. */
  readonly readiness: 'message' | ((signal: AbortSignal) => Promise<void>);
}

export interface LauncherOptions {
  readonly parts: readonly PartDefinition[];
  readonly logDir: string;
  clock(): number;
  /** One line per error that a process logs. */
  tell(text: string): void;
  /** The ready message of a part. */
  onReady(name: string, message: unknown): void;
  /** Process ids of parts that do not watch an IPC channel, as they come and go. */
  onUnleashed(pid: number | null): void;
}

export interface Launcher {
  spawn(name: string, start: number, dispatch: (event: StackEvent) => void): void;
  signal(name: string, signal: NodeJS.Signals): void;
  pid(name: string): number | null;
  close(): void;
}

const backgroundNiceness = 5;

/** Runs the processes of the stack, each in a process group of its own: Ctrl-C must reach the supervisor alone. */
export function createLauncher(options: LauncherOptions): Launcher {
  const definitions = new Map(options.parts.map((part) => [part.name, part]));
  const children = new Map<string, ChildProcess>();
  const logs = new Map<string, LogFile>();

  const logOf = (name: string): LogFile => {
    const log = logs.get(name) ?? openLogFile(join(options.logDir, `${name}.log`));
    logs.set(name, log);
    return log;
  };

  return {
    spawn(name, start, dispatch) {
      const part = definitions.get(name);
      if (part === undefined) throw new Error(`no part is called ${name}`);
      const { file, args, env } = part.command(start);
      const watchesIpc = part.readiness === 'message';
      const child = spawn(file, args, {
        env,
        detached: true,
        stdio: ['ignore', 'pipe', 'pipe', ...(watchesIpc ? ['ipc' as const] : [])],
      });
      // Before it has threads: on Linux each has a priority of its own, inherited from who starts it.
      if (part.isBackground === true && child.pid !== undefined) setPriority(child.pid, backgroundNiceness);
      children.set(name, child);
      const log = logOf(name);
      const ended = new AbortController();
      let lastError = '';
      let over = false;

      const hear = (line: string) => {
        if (line === '') return;
        log.write(line);
        const { isError, text } = readLogLine(line);
        if (isError) options.tell(`${name}: ${text}`);
        if (isError || saysWhy(line)) lastError = text;
      };
      for (const stream of [child.stdout, child.stderr]) {
        if (stream === null) continue;
        createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY }).on('line', hear);
      }

      const exit = (how: string) => {
        if (over) return;
        over = true;
        ended.abort();
        if (children.get(name) === child) children.delete(name);
        if (!watchesIpc) options.onUnleashed(null);
        const problem = lastError === '' ? how : `${how}: ${lastError}`;
        dispatch({ type: 'exited', name, atMs: options.clock(), problem });
      };
      child.on('error', (error) => exit(`cannot be started: ${error.message}`));
      // The pipes may still hold the last words when `exit` comes, and may stay open with a grandchild when `close` does not.
      child.on('exit', (code, signal) => {
        const how = signal === null ? `ended with exit code ${code}` : `was ended by ${signal}`;
        const patience = setTimeout(() => exit(how), 200);
        child.once('close', () => {
          clearTimeout(patience);
          exit(how);
        });
      });

      const ready = (message: unknown) => {
        if (over) return;
        options.onReady(name, message);
        dispatch({ type: 'ready', name, atMs: options.clock() });
      };
      if (part.readiness === 'message') {
        child.on('message', (message) => {
          if (isOfType(message, 'ready')) ready(message);
          else if (!over && isOfType(message, 'left') && 'reason' in message)
            dispatch({ type: 'left', name, reason: String(message.reason) });
        });
        return;
      }
      if (child.pid !== undefined) options.onUnleashed(child.pid);
      // When it does not answer in time, the start deadline of the supervisor ends the process.
      part.readiness(ended.signal).then(ready, (error: Error) => {
        if (!over) lastError = error.message;
      });
    },

    signal(name, signal) {
      children.get(name)?.kill(signal);
    },

    pid: (name) => children.get(name)?.pid ?? null,

    close() {
      for (const log of logs.values()) log.close();
      logs.clear();
    },
  };
}

function isOfType(message: unknown, type: string): message is { readonly type: string } {
  return typeof message === 'object' && message !== null && 'type' in message && message.type === type;
}
