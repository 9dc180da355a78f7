import { timingSafeEqual } from 'node:crypto';
import { DescentError } from '@descent/errors';
import { type Database, findToken, type TokenRecord } from '@descent/storage';
import type { FastifyRequest } from 'fastify';
import { hashToken, isTokenShaped } from '../tokens/token.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Set on every request below /v1. */
    token: TokenRecord | null;
  }
}

/** Lets a request through that carries a valid API token. @throws DescentError UNAUTHENTICATED */
export async function authenticateUser(db: Database, request: FastifyRequest): Promise<void> {
  const token = bearerOf(request);
  request.token = token !== null && isTokenShaped(token) ? await findToken(db, hashToken(token)) : null;
  if (request.token === null) throw new DescentError('UNAUTHENTICATED', {});
}

/** Lets our own processes through. Compared as digests of equal length, in constant time. */
export function authenticateService(serviceToken: string, request: FastifyRequest): void {
  const token = bearerOf(request);
  const expected = Buffer.from(hashToken(serviceToken));
  if (token === null || !timingSafeEqual(Buffer.from(hashToken(token)), expected)) {
    throw new DescentError('UNAUTHENTICATED', {});
  }
}

function bearerOf(request: FastifyRequest): string | null {
  const match = /^Bearer ([\x21-\x7e]+)$/i.exec(request.headers.authorization ?? '');
  return match?.[1] ?? null;
}
