import { Closed, TrainingPlan, validate } from '@descent/contracts';
import { isDescentError } from '@descent/errors';
import { type Static, Type } from 'typebox';
import { malformed } from './frame.ts';

const Name = Type.String({ minLength: 1, maxLength: 256 });
const Lease = Type.String({ minLength: 1, maxLength: 256 });
const Reason = Closed({ reason: Type.String({ maxLength: 1024 }) });
const ErrorPayload = Closed({
  statusCode: Type.Integer({ minimum: 400, maximum: 599 }),
  code: Type.String({ minLength: 1, maxLength: 64 }),
  error: Type.String({ maxLength: 64 }),
  message: Type.String({ maxLength: 16_384 }),
  details: Type.Record(Type.String(), Type.Unknown()),
});

/** The frames that carry JSON, and what it must be. */
export const jsonSchemas = {
  JOIN: Closed({
    worker: Name,
    numericsClass: Name,
    lease: Lease,
    wantsPlan: Type.Boolean(),
    holds: Type.Integer({ minimum: 1, maximum: 8, description: 'Assignments that it takes at once' }),
  }),
  WELCOME: Closed({
    plan: Type.Union([TrainingPlan, Type.Null()]),
    elements: Type.Integer({ minimum: 0, description: 'f32 elements of the flat parameter buffer' }),
  }),
  REFUSED: ErrorPayload,
  RELEASE: Reason,
  LEAVE: Reason,
  FAILED: ErrorPayload,
  HEARTBEAT: Closed({ worker: Name, lease: Lease }),
} as const;
export type JsonFrameType = keyof typeof jsonSchemas;
export type JsonPayload<Type extends JsonFrameType> = Static<(typeof jsonSchemas)[Type]>;

const utf8 = new TextDecoder('utf-8', { fatal: true });

export function encodeJson<Type extends JsonFrameType>(_type: Type, body: JsonPayload<Type>): Uint8Array {
  return Buffer.from(JSON.stringify(body));
}

/** @throws DescentError FRAME_MALFORMED, naming the field */
export function decodeJson<Type extends JsonFrameType>(type: Type, payload: Uint8Array): JsonPayload<Type> {
  try {
    return validate<(typeof jsonSchemas)[Type]>(jsonSchemas[type], JSON.parse(utf8.decode(payload)));
  } catch (cause) {
    // Only the field is named: a malformed lease is still a secret.
    const problem = isDescentError(cause, 'REQUEST_INVALID')
      ? `the ${type} payload is wrong at ${String(cause.details.path) || 'its root'}`
      : `the ${type} payload is not JSON in UTF-8`;
    const error = malformed(problem);
    error.cause = cause;
    throw error;
  }
}
