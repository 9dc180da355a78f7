/** pino's levels from `error` up. */
const errorLevel = 50;

export interface LogLine {
  readonly isError: boolean;
  /** For people, on one line. */
  readonly text: string;
}

/** Reads a line that a process of the stack wrote: pino JSON, or plain text from the queue server or a crash. */
export function readLogLine(line: string): LogLine {
  const fields = parseObject(line);
  if (fields === null) return { isError: false, text: line.trim() };
  const { level, msg, err } = fields;
  const cause = errorMessage(err);
  const message = typeof msg === 'string' && msg !== '' ? msg : (cause ?? 'an error without a message');
  const text = cause === null || message.includes(cause) ? message : `${message}: ${cause}`;
  return {
    isError: typeof level === 'number' && level >= errorLevel,
    text: text.replaceAll(/\s*\n\s*/g, ' '),
  };
}

/** The line of a crash that says what happened: `TypeError: …`, not the frames below it. */
export function saysWhy(line: string): boolean {
  return /^(?:Uncaught |\s*throw )?(?:\w*Error|DescentError)\b.*:/.test(line.trim());
}

function errorMessage(err: unknown): string | null {
  if (typeof err !== 'object' || err === null || !('message' in err)) return null;
  return typeof err.message === 'string' ? err.message : null;
}

function parseObject(line: string): Record<string, unknown> | null {
  if (!line.startsWith('{')) return null;
  try {
    return JSON.parse(line) as Record<string, unknown>;
  } catch {
    return null;
  }
}
