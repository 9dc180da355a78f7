import { createHmac, timingSafeEqual } from 'node:crypto';
import { DescentError } from '@descent/errors';

/** What a lease admits one worker to. */
export interface LeaseClaims {
  readonly jobId: string;
  readonly incarnation: number;
  /** Number of the gradient job within the incarnation. */
  readonly serial: number;
  /** Milliseconds since 1970-01-01 UTC. */
  readonly expiresAt: number;
}

/** `serial.expiry.HMAC-SHA256(job, incarnation, serial, expiry)` under a key that only the parameter server has. */
export function createLease(key: Uint8Array, claims: LeaseClaims): string {
  return `${claims.serial}.${claims.expiresAt}.${signature(key, claims).toString('base64url')}`;
}

/**
 * What the lease says, once it is known to be ours, for this job and incarnation, and not over.
 *
 * @param now milliseconds since 1970-01-01 UTC
 * @throws DescentError LEASE_INVALID with the problem; the message never repeats the lease
 */
export function verifyLease(
  key: Uint8Array,
  lease: string,
  expected: Pick<LeaseClaims, 'jobId' | 'incarnation'>,
  now: number,
): LeaseClaims {
  const match = /^(0|[1-9]\d{0,15})\.(0|[1-9]\d{0,15})\.([A-Za-z0-9_-]{43})$/.exec(lease);
  if (match === null) throw invalid('it is not of the form serial.expiry.signature');
  const claims: LeaseClaims = {
    jobId: expected.jobId,
    incarnation: expected.incarnation,
    serial: Number(match[1]),
    expiresAt: Number(match[2]),
  };
  const given = Buffer.from(match[3] ?? '', 'base64url');
  if (!timingSafeEqual(given, signature(key, claims))) {
    throw invalid('its signature is not of this parameter server, job and incarnation');
  }
  if (now >= claims.expiresAt) throw invalid(`it ended ${now - claims.expiresAt} ms ago`);
  return claims;
}

function signature(key: Uint8Array, { jobId, incarnation, serial, expiresAt }: LeaseClaims): Buffer {
  // JSON, so that no two different claims give the same text.
  return createHmac('sha256', key)
    .update(JSON.stringify([jobId, incarnation, serial, expiresAt]))
    .digest();
}

function invalid(problem: string): DescentError<'LEASE_INVALID'> {
  return new DescentError('LEASE_INVALID', { problem });
}
