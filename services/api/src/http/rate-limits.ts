import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { DescentError } from '@descent/errors';
import rateLimit from '@fastify/rate-limit';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { createPace } from './pace.ts';
import { createRefusals } from './refusals.ts';
import { sessionCookieOf } from './session-cookie.ts';

/** @throws DescentError TOO_MANY_REQUESTS, with the header Retry-After */
export interface RateLimits {
  /** By token or session, so that one class room behind one address is not one client; without one by address. */
  ofSender(request: FastifyRequest, reply: FastifyReply): Promise<void>;
  /** All its requests, and those whose route says that they are dear. */
  ofTeam(request: FastifyRequest, reply: FastifyReply, team: string): Promise<void>;
  /** Of one address, requests whose token is not valid: whoever tries tokens is not slowed by making up new ones. */
  ofFailures(request: FastifyRequest, reply: FastifyReply): Promise<void>;
}

export interface RequestRates {
  readonly requestsPerSecond: number;
  readonly teamRequestsPerSecond: number;
  readonly failedRequestsPerMinute: number;
  readonly submissionsPerMinute: number;
  readonly computationsPerMinute: number;
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** A submission compiles a model and writes; a computation keeps a thread busy. Left out: a few look-ups. */
    work?: 'submission' | 'computation';
  }
}

const [secondMs, minuteMs] = [1000, 60_000];
/**
 * So many requests of a sender go on at once, as many as a page asks for; what else it may send in the second goes on at that pace.
 * All at once at the beginning of each second they kept the event loop from everybody for some tenths of it.
 */
const burst = 20;

export async function createRateLimits(app: FastifyInstance, rates: RequestRates): Promise<RateLimits> {
  await app.register(rateLimit, { global: false });
  const refusals = createRefusals();
  const teams = new WeakMap<FastifyRequest, string>();
  const limiter = (max: number, timeWindow: number, keyGenerator: (request: FastifyRequest) => string) => {
    const check = app.createRateLimit({ max, timeWindow, keyGenerator });
    /** Resolves with the key. */
    return async (request: FastifyRequest, reply: FastifyReply): Promise<string> => {
      const state = await check(request);
      if (state.isAllowed || !state.isExceeded) return state.key;
      const retryAfterSeconds = Math.max(1, state.ttlInSeconds);
      await refusals.await(state.key, request.raw);
      reply.header('retry-after', retryAfterSeconds);
      throw new DescentError('TOO_MANY_REQUESTS', { retryAfterSeconds });
    };
  };
  const byTeam = (max: number, timeWindow: number) =>
    limiter(max, timeWindow, (request) => teams.get(request) ?? '');
  const ofTeam = byTeam(rates.teamRequestsPerSecond, secondMs);
  const work = {
    submission: byTeam(rates.submissionsPerMinute, minuteMs),
    computation: byTeam(rates.computationsPerMinute, minuteMs),
  };
  const ofSender = limiter(rates.requestsPerSecond, secondMs, senderOf);
  const ofFailures = limiter(rates.failedRequestsPerMinute, minuteMs, ({ ip }) => ip);
  const pace = createPace(rates.requestsPerSecond, burst);
  return {
    async ofSender(request, reply) {
      const waitMs = pace.take(await ofSender(request, reply));
      if (waitMs) await delay(waitMs);
    },
    async ofTeam(request, reply, team) {
      teams.set(request, team);
      await ofTeam(request, reply);
      const kind = request.routeOptions.config.work;
      if (kind !== undefined) await work[kind](request, reply);
    },
    async ofFailures(request, reply) {
      await ofFailures(request, reply);
    },
  };
}

/** Who sends: a token or a session, known or not, or else an address. */
export function senderOf(request: FastifyRequest): string {
  const secret = request.headers.authorization ?? sessionCookieOf(request);
  return secret === null ? request.ip : createHash('sha256').update(secret).digest('base64');
}
