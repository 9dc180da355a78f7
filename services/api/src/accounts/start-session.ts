import type { SessionByInvite, SessionByToken, SessionCreated } from '@descent/contracts';
import { DescentError } from '@descent/errors';
import { findToken, insertSession, listSessions, type TokenRecord } from '@descent/storage';
import { ulid } from 'ulid';
import type { Context } from '../context.ts';
import { createSessionSecret, hashToken, isTokenShaped } from '../tokens/token.ts';
import { identityOf } from './identity-of.ts';
import { join } from './join.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
/** Until the browser is closed, for who does not ask to be remembered: a week at most, half a day without use. */
const lives = {
  remembered: { idleMs: 14 * dayMs, longestMs: 30 * dayMs },
  passing: { idleMs: 12 * hourMs, longestMs: 7 * dayMs },
} as const;

export interface StartedSession {
  readonly created: SessionCreated;
  readonly caller: TokenRecord;
  /** Goes into the cookie and nowhere else. */
  readonly secret: string;
  /** null: the cookie ends with the browser. */
  readonly maxAgeSeconds: number | null;
}

/**
 * Signs a browser in, with a token or with an invitation, which makes its member first.
 * @throws DescentError UNAUTHENTICATED, SCOPE_MISSING (a worker's token), INVITE_INVALID, REQUEST_INVALID
 */
export async function startSession(
  context: Context,
  order: SessionByToken | SessionByInvite,
  browser: string,
): Promise<StartedSession> {
  const token = 'token' in order ? order.token.trim() : (await joined(context, order)).secret;
  const nowMs = context.clock();
  const time = new Date(nowMs).toISOString();
  const found = isTokenShaped(token) ? await findToken(context.db, hashToken(token), time) : null;
  if (found === null) throw new DescentError('UNAUTHENTICATED', {});
  if (!found.scopes.includes('read')) throw new DescentError('SCOPE_MISSING', { scope: 'read' });

  const { idleMs, longestMs } = order.remember === true ? lives.remembered : lives.passing;
  const secret = createSessionSecret();
  const id = `ses_${ulid(nowMs)}`;
  const session = {
    id,
    tokenId: found.id,
    browser: browser.slice(0, 300),
    createdAtMs: nowMs,
    idleMs,
    expiresAtMs: nowMs + longestMs,
  };
  await insertSession(context.db, session, hashToken(secret));
  const stored = (await listSessions(context.db, found.memberId, time)).find((one) => one.id === id);
  if (stored === undefined) throw new DescentError('UNAUTHENTICATED', {});
  return {
    created: { session: { ...stored, current: true }, ...(await identityOf(context.db, found)) },
    caller: { ...found, session: id },
    secret,
    maxAgeSeconds: order.remember === true ? longestMs / 1000 : null,
  };
}

function joined(context: Context, { code, name }: SessionByInvite) {
  return join(context, { code, ...(name !== undefined && { name }) });
}
