import { type Logger, pino } from 'pino';
import pretty from 'pino-pretty';

export type { Logger } from 'pino';

export interface LoggerOptions {
  /** Name of the process, on every line. */
  readonly name: string;
  /** pino's levels, or `silent`. Default `info`. */
  readonly level?: string;
  /** Coloured lines for people instead of JSON. Default: when stderr is a terminal. */
  readonly pretty?: boolean;
}

const stderr = 2;

/**
 * Logs to stderr: stdout belongs to what a command prints as its result.
 * Written synchronously, so that the last lines before a crash are not lost; we log a few lines a second, not per step.
 */
export function createLogger(options: LoggerOptions): Logger {
  const { name, level = 'info', pretty: forPeople = process.stderr.isTTY === true } = options;
  const settings = {
    name,
    level,
    redact: ['req.headers.authorization', 'headers.authorization', 'token', 'lease'],
    timestamp: pino.stdTimeFunctions.isoTime,
  };
  if (!forPeople) return pino(settings, pino.destination({ dest: stderr, sync: true }));
  return pino(
    settings,
    pretty({
      destination: stderr,
      sync: true,
      colorize: true,
      ignore: 'pid,hostname',
      translateTime: 'HH:MM:ss',
    }),
  );
}
