import type { CliConfig } from './config.ts';
import type { ExitCode } from './exit-code.ts';

export interface TextStream {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

/** What a command works with. Made by `main.ts`, or by a test. */
export interface CommandContext {
  readonly config: CliConfig;
  /** Results. With `--json` nothing but JSON, one value a line. */
  readonly stdout: TextStream;
  /** Everything for people while a command works: progress, notes, errors. */
  readonly stderr: TextStream;
  /** One line of standard input, without its end; asks with `question` where a person sits there. */
  readLine(question: string): Promise<string>;
  /** Aborted by the first Ctrl-C, SIGTERM, or the end of a parent that holds an IPC channel. */
  readonly signal: AbortSignal;
  /** Aborted by a second Ctrl-C, when the first one takes too long. */
  readonly forceSignal: AbortSignal;
  setExitCode(code: ExitCode): void;
}
