import { DescentError } from '@descent/errors';
import type { FastifyRequest } from 'fastify';

const safe: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * For requests that a cookie speaks for. `SameSite=Strict` keeps other sites out, but counts another port of the same
 * host as the same site. Browsers say where a request comes from: in `Sec-Fetch-Site` (to https and to this machine), in
 * `Origin` of everything that is no plain read. What says nothing may only read.
 * @throws DescentError CROSS_SITE
 */
export function requireOwnPage(request: FastifyRequest): void {
  if (comesFromElsewhere(request)) throw new DescentError('CROSS_SITE', {});
  const { origin, 'sec-fetch-site': site } = request.headers;
  if (origin === undefined && site === undefined && !safe.has(request.method))
    throw new DescentError('CROSS_SITE', {});
}

/** True when the browser says that another page, or another site, made the request. */
export function comesFromElsewhere(request: FastifyRequest): boolean {
  const { origin, host, 'sec-fetch-site': site, 'x-forwarded-host': forwarded } = request.headers;
  // `none`: the user typed the address or opened a bookmark.
  if (site !== undefined && site !== 'same-origin' && !(site === 'none' && safe.has(request.method)))
    return true;
  if (origin === undefined) return false;
  const from = URL.canParse(origin) ? new URL(origin).host : null;
  return from === null || !(from === host || from === forwarded);
}
