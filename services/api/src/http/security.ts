import { createHash } from 'node:crypto';
import { DescentError } from '@descent/errors';
import helmet from '@fastify/helmet';
import rateLimit from '@fastify/rate-limit';
import type { FastifyInstance } from 'fastify';

/**
 * Only our own scripts run, and nothing is loaded from elsewhere. Inline styles are allowed: Swagger UI and chart
 * libraries set them. No `upgrade-insecure-requests` and no HSTS: on a laptop the service speaks plain HTTP.
 */
export async function secureHeaders(app: FastifyInstance): Promise<void> {
  await app.register(helmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'self'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'", "'unsafe-inline'"],
        imgSrc: ["'self'", 'data:', 'blob:'],
        fontSrc: ["'self'", 'data:'],
        connectSrc: ["'self'"],
        objectSrc: ["'none'"],
        baseUri: ["'none'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
      },
    },
    strictTransportSecurity: false,
    crossOriginEmbedderPolicy: false,
  });
}

/** Per token, so that one class room behind one address is not one client. */
export async function limitRate(app: FastifyInstance, requestsPerMinute: number): Promise<void> {
  await app.register(rateLimit, {
    global: true,
    max: requestsPerMinute,
    timeWindow: 60_000,
    keyGenerator: (request) => {
      const { authorization } = request.headers;
      return authorization === undefined
        ? request.ip
        : createHash('sha256').update(authorization).digest('base64');
    },
    errorResponseBuilder: (_request, { ttl }) =>
      new DescentError('TOO_MANY_REQUESTS', { retryAfterSeconds: Math.ceil(ttl / 1000) }),
  });
}
