import { createHash } from 'node:crypto';
import { DescentError } from '@descent/errors';
import rateLimit from '@fastify/rate-limit';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { sessionCookieOf } from './session-cookie.ts';

/** @throws DescentError TOO_MANY_REQUESTS, with the header Retry-After */
export interface RateLimits {
  /** By token or session, so that one class room behind one address is not one client; without one by address. */
  ofSender(request: FastifyRequest, reply: FastifyReply): Promise<void>;
  ofTeam(request: FastifyRequest, reply: FastifyReply, team: string): Promise<void>;
  /** Of one address, requests whose token is not valid: whoever tries tokens is not slowed by making up new ones. */
  ofFailures(request: FastifyRequest, reply: FastifyReply): Promise<void>;
}

export interface RequestsPerMinute {
  readonly requestsPerMinute: number;
  readonly teamRequestsPerMinute: number;
  readonly failedRequestsPerMinute: number;
}

export async function createRateLimits(app: FastifyInstance, limits: RequestsPerMinute): Promise<RateLimits> {
  await app.register(rateLimit, { global: false });
  const teams = new WeakMap<FastifyRequest, string>();
  const limiter = (max: number, keyGenerator: (request: FastifyRequest) => string) => {
    const check = app.createRateLimit({ max, timeWindow: 60_000, keyGenerator });
    return async (request: FastifyRequest, reply: FastifyReply) => {
      const state = await check(request);
      if (state.isAllowed || !state.isExceeded) return;
      const retryAfterSeconds = Math.max(1, state.ttlInSeconds);
      reply.header('retry-after', retryAfterSeconds);
      throw new DescentError('TOO_MANY_REQUESTS', { retryAfterSeconds });
    };
  };
  const ofTeam = limiter(limits.teamRequestsPerMinute, (request) => teams.get(request) ?? '');
  return {
    ofSender: limiter(limits.requestsPerMinute, (request) => {
      const secret = request.headers.authorization ?? sessionCookieOf(request);
      return secret === null ? request.ip : createHash('sha256').update(secret).digest('base64');
    }),
    ofTeam(request, reply, team) {
      teams.set(request, team);
      return ofTeam(request, reply);
    },
    ofFailures: limiter(limits.failedRequestsPerMinute, ({ ip }) => ip),
  };
}
