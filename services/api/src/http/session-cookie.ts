import type { FastifyReply, FastifyRequest } from 'fastify';

const secretPattern = /^dss_[0-9A-HJKMNP-TV-Z]{32}$/;

/**
 * HttpOnly: scripts cannot read it. SameSite=Strict: no other site's page makes the browser send it. Behind TLS it is
 * Secure, and the prefix `__Host-` keeps neighbouring hosts from setting it. Over plain HTTP the name has the port, since
 * cookies know none: two services on one machine would sign each other out.
 *
 * @param remember kept when the browser is closed
 */
export function setSessionCookie(
  request: FastifyRequest,
  reply: FastifyReply,
  secret: string,
  { maxAgeSeconds }: { readonly maxAgeSeconds: number | null },
): void {
  const age = maxAgeSeconds === null ? '' : `; Max-Age=${maxAgeSeconds}`;
  write(request, reply, `${secret}${age}`);
}

export function clearSessionCookie(request: FastifyRequest, reply: FastifyReply): void {
  write(request, reply, '; Max-Age=0');
}

/** The secret, or null: there is none, or it does not look like one of ours. */
export function sessionCookieOf(request: FastifyRequest): string | null {
  const name = cookieName(request);
  for (const part of (request.headers.cookie ?? '').split(';')) {
    const [key = '', value = ''] = part.trim().split('=');
    if (key === name && secretPattern.test(value)) return value;
  }
  return null;
}

function write(request: FastifyRequest, reply: FastifyReply, value: string): void {
  const secure = isSecure(request) ? '; Secure' : '';
  reply.header('set-cookie', `${cookieName(request)}=${value}; Path=/; HttpOnly; SameSite=Strict${secure}`);
}

function cookieName(request: FastifyRequest): string {
  if (isSecure(request)) return '__Host-descent';
  const port = /:(\d{1,5})$/.exec(request.headers.host ?? '')?.[1] ?? '80';
  return `descent_${port}`;
}

/** A proxy says so. Whoever claims it falsely only keeps its own cookie from being sent. */
function isSecure(request: FastifyRequest): boolean {
  const forwarded = request.headers['x-forwarded-proto'];
  return (
    request.protocol === 'https' ||
    String(forwarded ?? '')
      .split(',')[0]
      ?.trim() === 'https'
  );
}
