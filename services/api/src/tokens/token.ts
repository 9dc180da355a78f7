import { createHash, randomBytes } from 'node:crypto';

const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const secretBytes = 20;
const pattern = /^dsc_[0-9A-HJKMNP-TV-Z]{32}[0-9A-HJKMNP-TV-Z]{6}$/;

/**
 * `dsc_`, 160 random bits and a checksum of 30, in Crockford's base 32. The prefix lets secret scanners find a leaked
 * token; the checksum tells a mistyped one from a revoked one without a look at the database.
 */
export function createToken(): string {
  const secret = base32(randomBytes(secretBytes), 32);
  return `dsc_${secret}${checksum(secret)}`;
}

/** The code of an invitation: as random as a token, and no token. */
export function createJoinCode(): string {
  const secret = base32(randomBytes(secretBytes), 32);
  return `dsj_${secret}${checksum(secret)}`;
}

/** The value of a session's cookie: as random as a token, and no token. */
export function createSessionSecret(): string {
  return `dss_${base32(randomBytes(secretBytes), 32)}`;
}

export function isTokenShaped(text: string): boolean {
  return pattern.test(text) && checksum(text.slice(4, 36)) === text.slice(36);
}

/** What is stored. A token has 160 random bits: a plain hash cannot be searched, so no salt and no slow hash. */
export function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

function checksum(secret: string): string {
  return base32(createHash('sha256').update(secret).digest(), 6);
}

function base32(bytes: Uint8Array, characters: number): string {
  let text = '';
  for (let at = 0; at < characters; at++) {
    const bit = at * 5;
    const pair = ((bytes[bit >> 3] ?? 0) << 8) | (bytes[(bit >> 3) + 1] ?? 0);
    text += alphabet[(pair >> (11 - (bit & 7))) & 31];
  }
  return text;
}
