import { DescentError } from '@descent/errors';

/** The error of an answer that is not 2xx. A body that is not ours (a proxy's page, say) becomes UNAVAILABLE. */
export function errorFromAnswer(response: Response, body: unknown): DescentError {
  if (isErrorBody(body)) return DescentError.fromBody(body);
  return new DescentError('UNAVAILABLE', {
    part: `The Descent service (it answered ${response.status} without a body of ours)`,
    status: response.status,
  });
}

/** A failed `fetch` or a broken body becomes UNAVAILABLE; an abort and our own errors stay what they are. */
export function errorFromFetch(error: unknown, url: string): unknown {
  if (error instanceof DescentError || isAbort(error)) return error;
  return new DescentError('UNAVAILABLE', { part: `The Descent service at ${url}` }, { cause: error });
}

/** Reads the body of a failed answer; a body that cannot be read counts as none. */
export async function readFailure(response: Response): Promise<DescentError> {
  const text = await response.text().catch(() => '');
  return errorFromAnswer(response, parseJson(text));
}

export function isAbort(error: unknown): boolean {
  return error instanceof Error && (error.name === 'AbortError' || error.name === 'TimeoutError');
}

function isErrorBody(
  body: unknown,
): body is { code: string; message: string; details?: Record<string, unknown> } {
  if (typeof body !== 'object' || body === null) return false;
  const { code, message } = body as Record<string, unknown>;
  return typeof code === 'string' && typeof message === 'string';
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
