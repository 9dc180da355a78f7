import { DescentError, isDescentError } from '@descent/errors';
import { isAbort } from './exit-code.ts';

/** For stderr. With `json` one line: the error body of the api, with advice. Empty for an interruption. */
export function describeError(error: unknown, { json }: { readonly json: boolean }): string {
  if (isAbort(error)) return '';
  const known = isDescentError(error) ? error : unknown(error);
  const { advice } = known.entry;
  if (json) return JSON.stringify({ ...known.toBody(), advice });
  const reason = known.code === 'INTERNAL' && error instanceof Error ? error.stack : known.message;
  return `error: ${reason}\n  ${known.code}${causeOf(known)}. ${advice}`;
}

function unknown(cause: unknown): DescentError {
  return new DescentError('INTERNAL', { problem: String(cause) }, { cause });
}

function causeOf({ cause }: DescentError): string {
  if (!(cause instanceof Error) || isDescentError(cause)) return '';
  // fetch says only "fetch failed"; what failed is below it.
  const root = cause.cause instanceof Error ? cause.cause : cause;
  const reason = root.message !== '' ? root.message : 'code' in root ? String(root.code) : root.name;
  return ` (${reason})`;
}
