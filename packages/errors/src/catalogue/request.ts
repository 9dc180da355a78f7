import type { CatalogueEntry } from '../entry.ts';

export const requestErrors = {
  REQUEST_INVALID: {
    status: 422,
    message: '{path}: {problem}',
    advice: 'Correct the field that `details.path` names; `details.didYouMean` holds the nearest known name.',
    retryable: false,
  },
  QUERY_INVALID: {
    status: 422,
    message: 'Column {column}: {problem}',
    advice: 'Correct it there; docs/search.md has the language of queries on one page.',
    retryable: false,
  },
  REQUEST_MALFORMED: {
    status: 400,
    message: 'The request body cannot be read: {problem}',
    advice: 'Send valid JSON (or the content type the route documents) in UTF-8.',
    retryable: false,
  },
  REQUEST_TOO_LARGE: {
    status: 413,
    message: 'The request body is larger than {limitBytes} bytes',
    advice: 'Send less at once; data sets go through the upload route.',
    retryable: false,
  },
  CONTENT_TYPE_UNSUPPORTED: {
    status: 415,
    message: 'Content type "{contentType}" is not accepted here',
    advice: 'Use a content type that the route documents in /docs.',
    retryable: false,
  },
  UNAUTHENTICATED: {
    status: 401,
    message: 'A valid API token is needed',
    advice:
      'Send `Authorization: Bearer dsc_…`; `descent up` prints the first token when it starts for the first time.',
    retryable: false,
  },
  ROUTE_NOT_FOUND: {
    status: 404,
    message: 'There is no {method} {path}',
    advice: 'See /docs for the routes.',
    retryable: false,
  },
  IDEMPOTENCY_KEY_REUSED: {
    status: 409,
    message: 'The Idempotency-Key "{key}" was used before with another body',
    advice: 'Use a new key for a new request; repeat a request with the same key and the same body.',
    retryable: false,
  },
  TOO_MANY_REQUESTS: {
    status: 429,
    message: 'Too many requests; try again in {retryAfterSeconds} s',
    advice: 'Wait for the time in the `Retry-After` header.',
    retryable: true,
  },
  CONFIG_INVALID: {
    status: 500,
    message: 'The environment variable {variable} is wrong: {problem}',
    advice: 'Correct it and start the process again; docs/operations.md lists the variables.',
    retryable: false,
  },
  INTERNAL: {
    status: 500,
    message: 'Descent failed to answer this request',
    advice: 'Look for the request id in the log of the api; report it with that log line.',
    retryable: true,
  },
  UNAVAILABLE: {
    status: 503,
    message: '{part} cannot be reached',
    advice: 'Wait: the service reconnects by itself. `descent doctor` shows which part is missing.',
    retryable: true,
  },
} as const satisfies Record<string, CatalogueEntry>;
