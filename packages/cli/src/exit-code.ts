import { isDescentError } from '@descent/errors';

/** What `descent` ends with. Scripts rely on it; docs/cli.md lists it. */
export const exitCodes = {
  done: 0,
  /** The job that was waited for failed or was cancelled; `doctor`: something that is needed is missing. */
  jobFailed: 1,
  /** The command, the file or the token is wrong: repeating it changes nothing. */
  usage: 2,
  /** The service cannot be reached, did not start, or failed to answer. */
  unavailable: 3,
  /** Ctrl-C, as shells count it: 128 + SIGINT. */
  interrupted: 130,
} as const;
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

export function exitCodeOf(error: unknown): ExitCode {
  if (isAbort(error)) return exitCodes.interrupted;
  if (isDescentError(error) && error.statusCode < 500) return exitCodes.usage;
  return exitCodes.unavailable;
}

export function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError';
}
