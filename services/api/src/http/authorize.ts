import { timingSafeEqual } from 'node:crypto';
import { roles } from '@descent/contracts';
import { DescentError } from '@descent/errors';
import { findSession, findToken, noteSessionUse, noteTokenUse, type TokenRecord } from '@descent/storage';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Context } from '../context.ts';
import { hashToken, isTokenShaped } from '../tokens/token.ts';
import { createLanes } from './lanes.ts';
import { requireVisible } from './objects.ts';
import type { Policy } from './policy.ts';
import { type RateLimits, senderOf } from './rate-limits.ts';
import { requireOwnPage } from './same-origin.ts';
import { sessionCookieOf } from './session-cookie.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Set on every request to a route that requires a token. */
    token: TokenRecord | null;
  }
}

/** Holds every request against the policy of its route, before its body is read. */
export function authorizeRequests(
  app: FastifyInstance,
  context: Context,
  { serviceToken, limits }: { readonly serviceToken: string; readonly limits: RateLimits },
): void {
  app.decorateRequest('token', null);
  const lastNoted = new Map<string, number>();
  const lanes = createLanes();

  app.addHook('onRequest', async (request, reply) => {
    // An address without a route is answered as such, to anybody.
    if (request.is404) return limits.ofSender(request, reply);
    const { policy } = request.routeOptions.config;
    if (policy === undefined) throw new Error(`${request.url} declares no policy`);
    switch (policy.access) {
      case 'anybody':
        if (request.routeOptions.config.rateLimit !== false) await limits.ofSender(request, reply);
        return;
      case 'ourProcesses':
        return authenticateService(serviceToken, request);
      case 'token':
        return authorizeToken(request, reply, policy);
      default:
        return policy satisfies never;
    }
  });

  async function authorizeToken(
    request: FastifyRequest,
    reply: FastifyReply,
    policy: Extract<Policy, { access: 'token' }>,
  ): Promise<void> {
    await limits.ofSender(request, reply);
    // Requests of one sender are looked up one after the other: hundreds at once would wait for the database before everybody else's.
    const leave = await lanes.enter(senderOf(request), 1);
    try {
      await authorizeSender(request, reply, policy);
    } finally {
      leave();
    }
  }

  async function authorizeSender(
    request: FastifyRequest,
    reply: FastifyReply,
    policy: Extract<Policy, { access: 'token' }>,
  ): Promise<void> {
    const token = await authenticate(request, reply);
    await limits.ofTeam(request, reply, token.teamId);
    noteUse(token);
    if (!token.scopes.includes(policy.scope))
      throw new DescentError('SCOPE_MISSING', { scope: policy.scope });
    if (roles.indexOf(token.role) < roles.indexOf(policy.role))
      throw new DescentError('ROLE_MISSING', { role: policy.role });
    const { id } = request.params as { readonly id?: string };
    if (policy.object !== null && id !== undefined)
      await requireVisible(context.db, policy.object, id, token);
  }

  async function authenticate(request: FastifyRequest, reply: FastifyReply): Promise<TokenRecord> {
    const token = await findCaller(request);
    if (token === null) {
      await limits.ofFailures(request, reply);
      throw new DescentError('UNAUTHENTICATED', {});
    }
    if (token.session !== null) requireOwnPage(request);
    request.token = token;
    return token;
  }

  /** By the header `Authorization`; without one by the cookie of a browser. */
  async function findCaller(request: FastifyRequest): Promise<TokenRecord | null> {
    const time = new Date(context.clock()).toISOString();
    if (request.headers.authorization === undefined) {
      const secret = sessionCookieOf(request);
      return secret === null ? null : findSession(context.db, hashToken(secret), time);
    }
    const text = bearerOf(request);
    return text !== null && isTokenShaped(text) ? findToken(context.db, hashToken(text), time) : null;
  }

  /** To the minute: a write per request would cost more than the request. */
  function noteUse({ id, session }: TokenRecord): void {
    const nowMs = context.clock();
    const used = session ?? id;
    if (nowMs - (lastNoted.get(used) ?? 0) < 60_000) return;
    if (lastNoted.size > 10_000) lastNoted.clear();
    lastNoted.set(used, nowMs);
    const noted = [noteTokenUse(context.db, id, new Date(nowMs).toISOString())];
    if (session !== null) noted.push(noteSessionUse(context.db, session, nowMs));
    Promise.all(noted).catch((error: unknown) => {
      context.logger.warn({ err: error, token: id }, 'The use of a token could not be noted');
    });
  }
}

/** The caller of a route that requires a token. */
export function callerOf(request: FastifyRequest): TokenRecord {
  if (request.token === null) throw new Error(`${request.routeOptions.url} requires no token`);
  return request.token;
}

/** For lists: the team whose things the caller sees; staff see everybody's. */
export function teamSeen(caller: TokenRecord): { readonly team?: string } {
  return caller.role === 'staff' ? {} : { team: caller.teamId };
}

/** Compared as digests of equal length, in constant time. */
function authenticateService(serviceToken: string, request: FastifyRequest): void {
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
