import { catalogue } from './catalogue/index.ts';
import type { CatalogueEntry, DetailsOf } from './entry.ts';

export type ErrorCode = keyof typeof catalogue;

/** The body of every failed answer of the api, and of a refusal on the gradient channel. */
export interface ErrorBody {
  readonly statusCode: number;
  readonly code: ErrorCode;
  /** Reason phrase of the HTTP status. */
  readonly error: string;
  readonly message: string;
  readonly details: Record<string, unknown>;
}

const reasonPhrases: Record<CatalogueEntry['status'], string> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  409: 'Conflict',
  413: 'Payload Too Large',
  415: 'Unsupported Media Type',
  422: 'Unprocessable Entity',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
};

/** The only error that crosses a boundary of Descent; foreign errors are kept as `cause`. */
export class DescentError<Code extends ErrorCode = ErrorCode> extends Error {
  override readonly name = 'DescentError';
  readonly code: Code;
  readonly details: Record<string, unknown>;

  constructor(code: Code, details: DetailsOf<(typeof catalogue)[Code]>, options?: { cause?: unknown }) {
    super(fill(catalogue[code].message, details), options);
    this.code = code;
    this.details = details;
  }

  get entry(): CatalogueEntry {
    return catalogue[this.code];
  }

  get statusCode(): number {
    return this.entry.status;
  }

  toBody(): ErrorBody {
    const { status } = this.entry;
    return {
      statusCode: status,
      code: this.code,
      error: reasonPhrases[status],
      message: this.message,
      details: this.details,
    };
  }

  /** Rebuilds an error that another process sent. An unknown code becomes INTERNAL with the text kept. */
  static fromBody(body: { code: string; message: string; details?: Record<string, unknown> }): DescentError {
    const known = Object.hasOwn(catalogue, body.code);
    const error = new DescentError<ErrorCode>(known ? (body.code as ErrorCode) : 'INTERNAL', {
      ...body.details,
    } as never);
    error.message = body.message;
    return error;
  }
}

export function isDescentError<Code extends ErrorCode>(
  error: unknown,
  code?: Code,
): error is DescentError<Code> {
  return error instanceof DescentError && (code === undefined || error.code === code);
}

function fill(template: string, details: Record<string, unknown>): string {
  return template.replaceAll(/\{(\w+)\}/g, (_, name: string) => String(details[name]));
}
